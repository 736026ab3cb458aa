# The tutorial's client: on /hw2 it calls benigno.
# shellcheck shell=bash disable=SC2034
# shellcheck source-path=SCRIPTDIR source=hello.sh
source "$HERE/images/hello.sh"
REFERENCES=(claudioacquaviva/magnanimo:latest)
CONFIG='{ "Entrypoint": ["/hello"], "Cmd": ["call", "4000", "http://benigno:5000/hw"], "ExposedPorts": { "4000/tcp": {} } }'
