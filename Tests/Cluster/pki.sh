# Keys, certificates and kubeconfigs of one cluster, in $STATE/pki.
# shellcheck shell=bash

make_authority() {
    mkdir -p "$STATE/pki"
    openssl ecparam -name prime256v1 -genkey -noout -out "$STATE/pki/$1.key"
    openssl req -x509 -new -key "$STATE/pki/$1.key" -subj "/CN=swiftlet-test-$1" -days 3650 -out "$STATE/pki/$1.crt" \
        -addext keyUsage=critical,keyCertSign,cRLSign,digitalSignature
}

# make_certificate AUTHORITY FILE SUBJECT USAGE [NAMES]
make_certificate() {
    local file=$STATE/pki/$2 extensions="extendedKeyUsage=$4"
    [[ -z ${5-} ]] || extensions+=$'\n'"subjectAltName=$5"
    openssl ecparam -name prime256v1 -genkey -noout -out "$file.key"
    openssl req -new -key "$file.key" -subj "$3" |
        openssl x509 -req -CA "$STATE/pki/$1.crt" -CAkey "$STATE/pki/$1.key" -set_serial "0x$(openssl rand -hex 8)" -days 3650 \
            -extfile <(printf '%s\n' "$extensions") -out "$file.crt" 2>/dev/null
}

make_service_account_key() {
    openssl genrsa -out "$STATE/pki/service-account.key" 2048 2>/dev/null
    openssl rsa -in "$STATE/pki/service-account.key" -pubout -out "$STATE/pki/service-account.pub" 2>/dev/null
}

# make_kubeconfig FILE CERTIFICATE SERVER: everything embedded, so that the file works from anywhere.
make_kubeconfig() {
    local pki=$STATE/pki
    (
        umask 077
        cat >"$1" <<EOF
apiVersion: v1
kind: Config
current-context: $NAME
clusters:
- name: $NAME
  cluster:
    server: $3
    certificate-authority-data: $(base64 -w 0 <"$pki/ca.crt")
users:
- name: $2
  user:
    client-certificate-data: $(base64 -w 0 <"$pki/$2.crt")
    client-key-data: $(base64 -w 0 <"$pki/$2.key")
contexts:
- name: $NAME
  context:
    cluster: $NAME
    user: $2
EOF
    )
}
