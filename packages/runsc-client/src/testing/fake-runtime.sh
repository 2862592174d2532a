#!/bin/sh
# A stand-in for runsc or runc (whichever name it was started by) that runs a container's processes on the host, as plain
# detached processes, and keeps its records beside itself. fake-runtime.ts makes the folder and writes the rules.
set -u
here=${0%/*}
flavor=${0##*/}
export FAKE_RUNTIME="$here"
log= verb= bundle= pid_file= internal_pid_file= process_file= image_path= resources=
detach= force= all= stats= pid= id= signal= done=

. "$here/fake-processes.sh"
. "$here/fake-commands.sh"

# ---- what the runtimes print -------------------------------------------------------------------------------------------

json_string() { printf '%s' "$1" | sed 's/\\/\\\\/g; s/"/\\"/g' | tr '\n' ' '; }

# log_record LEVEL MESSAGE: runsc ends its records without a newline, runc with one.
log_record() {
  [ -n "$log" ] || return 0
  end='\n'
  [ "$flavor" = runsc ] && end=
  printf "{\"msg\":\"%s\",\"level\":\"%s\",\"time\":\"%s\"}$end" "$(json_string "$2")" "$1" "$(date -u +%FT%TZ)" >>"$log"
}

fail() {
  log_record error "$1"
  if [ "$flavor" = runsc ]; then
    printf '%s\n' "$1" >&2
    exit 128
  fi
  printf 'time="%s" level=error msg="%s"\n' "$(date -u +%FT%TZ)" "$(json_string "$1")" >&2
  exit 1
}

# fail_as RUNSC-MESSAGE RUNC-MESSAGE
fail_as() {
  [ "$flavor" = runsc ] && fail "$1"
  fail "$2"
}

# ---- one call ---------------------------------------------------------------------------------------------------------

default() { done=1; "do_$verb"; }

case ${1-} in fake_*) own=$1; shift; "do_$own" "$@"; exit ;; esac

unit=$(printf '\037') line=
for arg in "$@"; do line="$line$arg$unit"; done
printf '%s\n' "$line" >>"$here/calls"

while [ $# -gt 0 ]; do
  case $1 in
  --log) log=$2; shift 2 ;;
  --log=*) log=${1#*=}; shift ;;
  --root | --log-format | --criu) shift 2 ;;
  --version) verb=version; shift; break ;;
  --help) verb=help; shift; break ;;
  -*) shift ;;
  *) verb=$1; shift; break ;;
  esac
done
while [ $# -gt 0 ]; do
  case $1 in
  --bundle) bundle=$2; shift 2 ;;
  --pid-file) pid_file=$2; shift 2 ;;
  --internal-pid-file) internal_pid_file=$2; shift 2 ;;
  --process) process_file=$2; shift 2 ;;
  --image-path) image_path=$2; shift 2 ;;
  --image-path=*) image_path=${1#*=}; shift ;;
  --resources=*) resources=${1#*=}; shift ;;
  --pid) pid=$2; shift 2 ;;
  --console-socket | --user-log | --preserve-fds | --format | --work-path | --parent-path | --manage-cgroups-mode) shift 2 ;;
  --detach) detach=1; shift ;;
  --force) force=1; shift ;;
  --all) all=1; shift ;;
  --stats) stats=1; shift ;;
  -*) shift ;;
  *) break ;;
  esac
done
id=${1-} signal=${2-}

case $verb in
create | start | run | restore | exec | kill | delete | state | list | ps | pause | resume | wait | update | checkpoint | events | version | help) ;;
*) fail_as "Subcommand $verb not understood" "No help topic for '$verb'" ;;
esac

for rule in "$here/rules/$verb@$id"/* "$here/rules/$verb"/*; do
  case $rule in
  *.once) mv "$rule" "$rule.$$" 2>/dev/null || continue; . "$rule.$$"; break ;;
  *.always) . "$rule"; break ;;
  esac
done
[ -n "$done" ] || default
