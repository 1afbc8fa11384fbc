#!/usr/bin/env bash
# Certificates of the EventStoreDB cluster, made with es-gencert-cli (docs/how-to/run-a-cluster.md).
#
#   make              the authority and each node's certificate, where there is none
#   renew             new certificates for all nodes, from the authority there is
#   new-authority     a new authority; the old one stays trusted until it is forgotten
#   forget-authority  trust the new authority alone
#
# NODES: their names; NODE_OWNER: the user that they run as. Nodes read their certificate again on SIGHUP.
set -euo pipefail

authority=${AUTHORITY:-/authority}
trusted=${TRUSTED:-/trusted}
nodes=${NODES_FOLDER:-/nodes}

make_authority() {
  # The tool wants to make the folder itself, and a half-made one must not be taken for a whole one.
  rm -rf "$authority/new"
  es-gencert-cli create-ca -out "$authority/new"
  # Its exit code is 0 also when it failed.
  test -f "$authority/new/ca.key"
  if [ -d "$authority/current" ]; then
    rm -rf "$authority/previous"
    mv "$authority/current" "$authority/previous"
  fi
  mv "$authority/new" "$authority/current"
}

trust() {
  mkdir -p "$trusted/authorities"
  rm -f "$trusted"/authorities/*.crt
  for which in current previous; do
    if [ -f "$authority/$which/ca.crt" ]; then cp "$authority/$which/ca.crt" "$trusted/authorities/$which.crt"; fi
  done
  # Nodes read every file of the folder, the client one file with all of them in it.
  cat "$trusted"/authorities/*.crt > "$trusted/ca.crt.new"
  mv "$trusted/ca.crt.new" "$trusted/ca.crt"
  chmod 755 "$trusted/authorities"
  chmod 644 "$trusted"/authorities/*.crt "$trusted/ca.crt"
}

make_node() {
  local folder="$nodes/$1"
  rm -rf "$folder/new"
  es-gencert-cli create-node -ca-certificate "$authority/current/ca.crt" -ca-key "$authority/current/ca.key" \
    -out "$folder/new" -dns-names "$1,localhost" -ip-addresses 127.0.0.1
  chmod 400 "$folder/new/node.key"
  chmod 444 "$folder/new/node.crt"
  chown "$NODE_OWNER" "$folder/new/node.key" "$folder/new/node.crt"
  mv -f "$folder/new/node.key" "$folder/new/node.crt" "$folder/"
  rmdir "$folder/new"
}

case "${1:-make}" in
  make)
    if [ ! -f "$authority/current/ca.crt" ]; then make_authority; fi
    trust
    for node in $NODES; do
      # Moved into its place after the key: where it is, both are.
      if [ ! -f "$nodes/$node/node.crt" ]; then make_node "$node"; fi
    done
    ;;
  renew) for node in $NODES; do make_node "$node"; done ;;
  new-authority)
    make_authority
    trust
    ;;
  forget-authority)
    rm -rf "$authority/previous"
    trust
    ;;
  *)
    echo "make, renew, new-authority or forget-authority, not $1" >&2
    exit 64
    ;;
esac
