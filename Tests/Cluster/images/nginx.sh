# nginx, laid out and started as the well-known image is: /usr/share/nginx/html on port 80, configuration in
# /etc/nginx/conf.d, logs on the standard streams, /docker-entrypoint.sh before the command.
# shellcheck shell=bash disable=SC2034
REFERENCES=(library/nginx:latest library/nginx:1.31)
CONFIG='{
    "Entrypoint": ["/docker-entrypoint.sh"],
    "Cmd": ["nginx", "-g", "daemon off;"],
    "Env": ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"],
    "ExposedPorts": { "80/tcp": {} },
    "StopSignal": "SIGQUIT"
}'

fill() {
    fill_nginx "$1"
    install -D "$NGINX" "$1/usr/lib/nginx/nginx"
    # This build looks for its files in the working folder unless told otherwise.
    cat >"$1/usr/sbin/nginx" <<'EOF'
#!/bin/sh
exec /usr/lib/nginx/nginx -p /etc/nginx/ -c /etc/nginx/nginx.conf -e /dev/stderr "$@"
EOF
    chmod 755 "$1/usr/sbin/nginx"
}

# All of the image but the program.
fill_nginx() {
    add_shell "$1"
    add_user "$1" nginx 101
    mkdir -p "$1"/etc/nginx/conf.d "$1"/usr/share/nginx/html "$1"/var/cache/nginx "$1"/var/log/nginx "$1"/run \
        "$1"/usr/sbin "$1"/docker-entrypoint.d "$1"/tmp
    ln -s ../run "$1/var/run"
    chmod 1777 "$1/tmp"
    cat >"$1/etc/nginx/nginx.conf" <<'EOF'
user nginx;
worker_processes auto;
error_log /dev/stderr notice;
pid /run/nginx.pid;
events { worker_connections 1024; }
http {
    types {
        text/html html htm;
        text/css css;
        application/javascript js;
        application/json json;
        image/svg+xml svg;
        image/png png;
    }
    default_type application/octet-stream;
    access_log /dev/stdout;
    client_body_temp_path /var/cache/nginx/client_temp;
    proxy_temp_path /var/cache/nginx/proxy_temp;
    fastcgi_temp_path /var/cache/nginx/fastcgi_temp;
    uwsgi_temp_path /var/cache/nginx/uwsgi_temp;
    scgi_temp_path /var/cache/nginx/scgi_temp;
    include /etc/nginx/conf.d/*.conf;
}
EOF
    cat >"$1/etc/nginx/conf.d/default.conf" <<'EOF'
server {
    listen 80;
    server_name localhost;
    location / {
        root /usr/share/nginx/html;
        index index.html index.htm;
    }
}
EOF
    cat >"$1/usr/share/nginx/html/index.html" <<'EOF'
<!DOCTYPE html>
<title>Welcome to nginx!</title>
<h1>Welcome to nginx!</h1>
EOF
    cat >"$1/docker-entrypoint.sh" <<'EOF'
#!/bin/sh
set -e
for script in /docker-entrypoint.d/*.sh; do
    if [ -x "$script" ]; then "$script"; fi
done
exec "$@"
EOF
    chmod 755 "$1/docker-entrypoint.sh"
}
