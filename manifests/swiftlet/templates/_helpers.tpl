{{- /*
Fills in what the values lack: sections that are empty in a values file, which takes their defaults away, and sections that a release of an
older chart does not know (helm upgrade --reuse-values). files/defaults.yaml is a copy of values.yaml, which templates cannot read. To be
called at the start of every template, since none knows which is rendered first.
*/ -}}
{{- define "swiftlet.defaults" -}}
{{- $defaults := .Files.Get "files/defaults.yaml" | fromYaml -}}
{{- /* Without it there are no requests and limits. */ -}}
{{- $_ := unset $defaults "resources" -}}
{{- include "swiftlet.fill" (dict "values" .Values "defaults" $defaults) -}}
{{- end -}}

{{- /* Of maps with names of anybody's choice, and of the sidecars' resources, what is not there is not wanted. */ -}}
{{- define "swiftlet.fill" -}}
{{- $values := .values -}}
{{- $whole := list "labels" "annotations" "podLabels" "podAnnotations" "commonLabels" "nodeSelector" "affinity" "issuerRef" "requests" "limits" -}}
{{- range $name, $default := .defaults -}}
{{- $given := index $values $name -}}
{{- if kindIs "invalid" $given -}}
{{- $_ := set $values $name (deepCopy (dict "value" $default)).value -}}
{{- else if and (kindIs "map" $default) (kindIs "map" $given) (not (has $name $whole)) -}}
{{- if and (hasKey $default "requests") (hasKey $default "limits") -}}
{{- range list "requests" "limits" -}}
{{- if kindIs "invalid" (index $given .) }}{{ $_ := set $given . dict }}{{ end -}}
{{- end -}}
{{- else -}}
{{- include "swiftlet.fill" (dict "values" $given "defaults" $default) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "swiftlet.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if contains $name .Release.Name -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "swiftlet.selectorLabels" -}}
app.kubernetes.io/name: swiftlet
app.kubernetes.io/instance: {{ .Release.Name | quote }}
app.kubernetes.io/component: operator
{{- end -}}

{{- /* One of each: those that select and those that Helm knows its objects by go before commonLabels. */ -}}
{{- define "swiftlet.labels" -}}
{{- $own := include "swiftlet.selectorLabels" . | fromYaml -}}
{{- $_ := set $own "app.kubernetes.io/managed-by" .Release.Service -}}
{{- $_ := set $own "helm.sh/chart" (printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_") -}}
{{- $rest := dict "app.kubernetes.io/part-of" "swiftlet" "app.kubernetes.io/version" .Chart.AppVersion -}}
{{- merge $own (default dict .Values.commonLabels) $rest | toYaml -}}
{{- end -}}

{{- /* As swiftlet.labels, with those of one object. Takes a dict of "root" and "labels". */ -}}
{{- define "swiftlet.labelsWith" -}}
{{- merge (include "swiftlet.labels" .root | fromYaml) (default dict .labels) | toYaml -}}
{{- end -}}

{{- /* The operator is in no mesh, least of all its own. */ -}}
{{- define "swiftlet.podLabels" -}}
{{- $own := include "swiftlet.selectorLabels" . | fromYaml -}}
{{- $_ := set $own "kuma.io/sidecar-injection" "disabled" -}}
{{- $rest := dict "app.kubernetes.io/part-of" "swiftlet" -}}
{{- merge $own (default dict .Values.podLabels) (default dict .Values.commonLabels) $rest | toYaml -}}
{{- end -}}

{{- define "swiftlet.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "swiftlet.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- define "swiftlet.image" -}}
{{- with .Values.image -}}
{{- if .digest -}}
{{ .repository }}@{{ .digest }}
{{- else -}}
{{ .repository }}:{{ default $.Chart.AppVersion .tag }}
{{- end -}}
{{- end -}}
{{- end -}}

{{- /* "true" or nothing, for each part of the operator that can be off. */ -}}
{{- define "swiftlet.has.mesh" -}}
{{- if and .Values.features.mesh (empty .Values.watchNamespaces) -}}true{{- end -}}
{{- end -}}
{{- define "swiftlet.has.injection" -}}
{{- if and .Values.features.injection (include "swiftlet.has.mesh" .) -}}true{{- end -}}
{{- end -}}
{{- define "swiftlet.has.validation" -}}
{{- if and .Values.features.validation (empty .Values.watchNamespaces) -}}true{{- end -}}
{{- end -}}
{{- define "swiftlet.has.certificates" -}}
{{- if or (include "swiftlet.has.mesh" .) (include "swiftlet.has.validation" .) -}}true{{- end -}}
{{- end -}}

{{- /* The Secret that the operator's servers show a certificate from. */ -}}
{{- define "swiftlet.certificateSecret" -}}
{{- if eq .Values.certificates.source "secret" -}}
{{- required "certificates.secretName: name the Secret that certificates.source \"secret\" is about" .Values.certificates.secretName -}}
{{- else if eq .Values.certificates.source "certManager" -}}
{{- include "swiftlet.fullname" . }}-tls
{{- else -}}
{{- include "swiftlet.fullname" . }}-certificates
{{- end -}}
{{- end -}}

{{- /*
The rules that the parts that are on need in certain places. files/rules.yaml is written from the code, with the names that objects have by
default. Takes a dict of "root" and "places".
*/ -}}
{{- define "swiftlet.rules" -}}
{{- $root := .root -}}
{{- $places := .places -}}
{{- $rules := $root.Files.Get "files/rules.yaml" | fromYaml -}}
{{- $names := dict "swiftlet" (include "swiftlet.fullname" $root) "swiftlet-certificates" (include "swiftlet.certificateSecret" $root) -}}
{{- $isGiven := ne $root.Values.certificates.source "own" -}}
{{- $features := list -}}
{{- if $root.Values.leaderElection.enabled }}{{ $features = append $features "replicas" }}{{ end -}}
{{- if include "swiftlet.has.certificates" $root }}{{ $features = append $features "certificates" }}{{ end -}}
{{- if $root.Values.features.webServers }}{{ $features = append $features "webServers" }}{{ end -}}
{{- if include "swiftlet.has.mesh" $root }}{{ $features = append $features "mesh" }}{{ end -}}
{{- if include "swiftlet.has.injection" $root }}{{ $features = append $features "injection" }}{{ end -}}
{{- if include "swiftlet.has.validation" $root }}{{ $features = append $features "validation" }}{{ end -}}
{{- $result := list -}}
{{- range $feature := $features -}}
{{- range $place := $places -}}
{{- range $rule := get (get $rules $feature) $place | default list -}}
{{- if $rule.resourceNames -}}
{{- $renamed := list -}}
{{- range $rule.resourceNames }}{{ $renamed = append $renamed (get $names . | default .) }}{{ end -}}
{{- $_ := set $rule "resourceNames" $renamed -}}
{{- end -}}
{{- if and $isGiven (eq $feature "certificates") -}}
{{- /* What somebody else fills is only read. */ -}}
{{- $_ := set $rule "verbs" (without $rule.verbs "create" "update" "patch" "delete") -}}
{{- end -}}
{{- if $rule.verbs }}{{ $result = append $result $rule }}{{ end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- toYaml $result -}}
{{- end -}}
