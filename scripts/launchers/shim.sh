#!/bin/sh
# @NAME@: a containerd shim. `start` boots Node once: the process that answers is the server.
# containerd puts ": exit status 1" behind the text, on the same line if we leave the line open.
fail() {
  printf '%s: %s' @NAME@ "$1" >&2
  [ ! -t 2 ] || echo >&2
  exit 1
}

case "$#:${1:-}" in
1:-v | 1:--v | 1:-version | 1:--version)
  printf '%s:\n  Version:  %s\n  Revision: %s\n' @NAME@ @VERSION@ '@REVISION@'
  exit 0
  ;;
esac

#include find-node.sh

# Young objects die young here, and a server that waits needs no threads for garbage; SIGUSR1 is ours, not the debugger's.
flags='@FLAGS@'
config=${SANDSHIM_CONFIG:-/etc/sandshim/config.toml}
spares=/run/sandshim/spares
if [ -r "$config" ]; then
  while IFS= read -r line || [ -n "$line" ]; do
    case $line in
    node_flags*=*\"*\"*)
      line=${line#*\"}
      flags="$flags ${line%%\"*}"
      ;;
    spare_dir*=*\"*\"*)
      line=${line#*\"}
      spares=${line%%\"*}
      ;;
    esac
  done <"$config"
fi

# What V8 compiled when this was built; the folder is as safe as the program beside it.
export NODE_COMPILE_CACHE="$lib/compile-cache" NODE_COMPILE_CACHE_PORTABLE=1

# The action is the first argument that is neither a flag nor a flag's value.
action=
value=
for argument; do
  if [ -n "$value" ]; then
    value=
    continue
  fi
  case $argument in
  -debug | --debug | -info | --info | -v | --v | -version | --version | -*=*) ;;
  -*) value=1 ;;
  *)
    action=$argument
    break
    ;;
  esac
done

# containerd runs `delete` in the bundle after every shim; one that left in good order left the answer.
[ "$action" = delete ] && [ -s sandshim.deleted ] && exec cat sandshim.deleted

# shellcheck disable=SC2086 # the flags are words
[ "$action" = start ] || exec "$node" $flags "$lib/shim.cjs" @RUNTIME@ "$@"

# containerd's ends, under numbers that no redirection below changes.
exec 5<&0 6>&1

# A spare, a server that has booted already, takes these two, reads in /proc all else that this process was given, and answers
# containerd in its place. Its word for us, after our pid, comes by a fifo that we open for both ways first: that never blocks,
# and then a spare that has died ends the reading at once.
for spare in "$spares/@NAME@".*; do
  [ -p "$spare/request" ] && [ -O "$spare/request" ] || continue
  [ "$spare/program" -ef "$lib/shim.cjs" ] && [ "$spare/request" -nt "$lib/shim.cjs" ] || continue
  set -C
  { true >"$spare/taken"; } 2>/dev/null || { set +C; continue; }
  set +C
  to=
  {
    exec 7>&-
    printf '%s %s %s\n' "$$" "$PPID" "$#" >&9
    exec 9>&-
    while [ "$to" != "$$" ] && read -r to status <&8; do :; done
  } 2>/dev/null 7<>"$spare/reply" 8<"$spare/reply" 9<>"$spare/request"
  [ "$to" = "$$" ] || break
  case $status in
  ok) exit 0 ;;
  no) break ;;
  *) fail "$status" ;;
  esac
done

# The server says on descriptor 3 how its start went, and closes it; its answer goes straight to containerd, as descriptor 4.
# Its stderr, for a crash, is the bundle's log, opened for reading too: that never blocks. A job in the background has no
# stdin but what it is given by number.
errors=/dev/null
[ -p log ] && errors=log
# shellcheck disable=SC2086
status=$(
  SANDSHIM_LAUNCHED=$PPID "$node" $flags "$lib/shim.cjs" @RUNTIME@ "$@" \
    <&5 3>&1 4>&6 5<&- 6>&- >/dev/null 2<>"$errors" &
)
[ "$status" = ok ] && exit 0
fail "${status:-the server ended before it listened}"
