# What the three images of the mesh tutorial share: one program (hello.c), started in three ways.
# shellcheck shell=bash disable=SC2034
REFERENCES=(swiftlet/hello:latest)
CONFIG='{ "Entrypoint": ["/hello"] }'

fill() {
    add_program "$1" "$(hello_program)" /hello
}
