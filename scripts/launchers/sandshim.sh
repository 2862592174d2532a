#!/bin/sh
# sandshim: the command line for operators.
fail() {
  printf 'sandshim: %s\n' "$1" >&2
  exit 1
}

case "$#:${1:-}" in
1:-V | 1:--version)
  printf '%s\n' @VERSION@
  exit 0
  ;;
esac

#include find-node.sh

exec "$node" --no-warnings "$lib/sandshim.mjs" "$@"
