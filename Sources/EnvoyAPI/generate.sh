#!/usr/bin/env bash
# Rewrites Generated/ from Protos/. Needs protoc (Debian: protobuf-compiler) and the plugin of the swift-protobuf that Package.swift names:
#   swift build --product protoc-gen-swift      (in a checkout of it; PROTOC_GEN_SWIFT names the program if it is not in the PATH)
set -euo pipefail
cd "$(dirname "$0")"

plugin=${PROTOC_GEN_SWIFT:-$(command -v protoc-gen-swift)} || { echo "protoc-gen-swift is not in the PATH" >&2; exit 1; }
mapfile -t protos < <(cd Protos && find . -name '*.proto' -printf '%P\n' | LC_ALL=C sort)
rm -rf Generated
mkdir Generated
protoc --plugin=protoc-gen-swift="$plugin" --proto_path=Protos --proto_path=/usr/include \
    --swift_out=Generated --swift_opt=FileNaming=PathToUnderscores,Visibility=Package,UseAccessLevelOnImports=true \
    "${protos[@]}"
