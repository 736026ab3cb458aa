# The tutorial's server, the release to come.
# shellcheck shell=bash disable=SC2034
# shellcheck source-path=SCRIPTDIR source=hello.sh
source "$HERE/images/hello.sh"
REFERENCES=(claudioacquaviva/benigno_rc:latest)
CONFIG='{
    "Entrypoint": ["/hello"],
    "Cmd": ["serve", "5000", "Hello World, Benigno, Canary Release"],
    "ExposedPorts": { "5000/tcp": {} }
}'
