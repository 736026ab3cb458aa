# The tutorial's server.
# shellcheck shell=bash disable=SC2034
# shellcheck source-path=SCRIPTDIR source=hello.sh
source "$HERE/images/hello.sh"
REFERENCES=(claudioacquaviva/benigno:latest)
CONFIG='{ "Entrypoint": ["/hello"], "Cmd": ["serve", "5000", "Hello World, Benigno"], "ExposedPorts": { "5000/tcp": {} } }'
