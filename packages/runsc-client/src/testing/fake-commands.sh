# Read by fake-runtime.sh: the records of containers, and what each command does.

folder() { d="$here/containers/$id"; }

load() {
  folder
  [ -d "$d" ] || fail_as "loading container: file does not exist" "container does not exist"
  read -r status <"$d/status"
  read -r init <"$d/pid"
  app=$init
  [ -e "$d/app" ] && read -r app <"$d/app"
  if [ -e "$d/exit" ]; then status=stopped
  elif [ ! -e "$d/sub" ] && ! alive "$init"; then status=stopped
  fi
}

annotation() { sed -n 's/.*"'"$1"'" *: *"\([^"]*\)".*/\1/p' "$bundle/config.json" | head -n 1; }

state_json() {
  shown=$init
  [ "$status" = stopped ] && shown=0
  read -r folder <"$d/bundle"
  printf '{"ociVersion":"1.0.2","id":"%s","pid":%s,"status":"%s","bundle":"%s","annotations":{}' "$id" "$shown" "$status" "$folder"
  [ "$flavor" = runc ] && printf ',"rootfs":"%s/rootfs","created":"2026-01-02T03:04:05.678901234Z","owner":""' "$folder"
  printf '}'
}

do_create() {
  [ -r "$bundle/config.json" ] || fail "reading spec: open $bundle/config.json: no such file or directory"
  folder
  mkdir "$d" 2>/dev/null || fail_as \
    "creating container: cannot lock container metadata file: container already exists" "container with given ID already exists"
  mkdir "$d/exec"
  echo "$id" >"$d/id"
  echo "$bundle" >"$d/bundle"
  mkfifo "$d/start"
  sandbox=
  [ "$(annotation io.kubernetes.cri.container-type)" = container ] && sandbox=$(annotation io.kubernetes.cri.sandbox-id)
  if [ "$flavor" = runsc ] && [ -n "$sandbox" ]; then
    echo "$sandbox" >"$d/sub"
    [ -d "$here/containers/$sandbox" ] || { rm -r "$d"; fail "loading sandbox: file does not exist"; }
    cp "$here/containers/$sandbox/pid" "$d/pid"
    read -r started <"$d/pid"
  else
    init_verb=fake_init
    [ "$flavor" = runsc ] && init_verb=fake_sandbox
    detached "$init_verb" "$d"
    echo "$started" >"$d/pid"
  fi
  echo created >"$d/status"
  [ -z "$pid_file" ] || printf '%s' "$started" >"$pid_file"
}

do_start() {
  load
  [ "$status" = created ] || fail_as \
    "starting container: cannot start container \"$id\" in state $status" "cannot start a container that has $status"
  [ ! -e "$d/sub" ] || detached fake_sandbox "$d"
  echo running >"$d/status"
  until [ -e "$d/ready" ] || ! alive "${started:-$init}"; do sleep 0.002; done
  # Opened for both directions, so that a process that is gone does not block it.
  echo go 1<>"$d/start"
}

do_run() {
  do_create
  do_start
  [ -n "$detach" ] && return
  code=0
  wait "$started" || code=$?
  rm -rf "$d"
  return "$code"
}

do_restore() {
  folder
  [ -d "$d" ] || do_create
  do_start
  [ -n "$detach" ] && return
  wait "$started" || return $?
}

do_exec() {
  load
  [ "$status" = running ] || fail_as "executing processes for container: cannot execute in container \"$id\" in state $status" \
    "exec failed: cannot exec in a container that is $status"
  [ -r "$process_file" ] || fail "exec failed: open $process_file: no such file or directory"
  eval "set -- $(args_of "$process_file")"
  [ "${1-fake:wait}" = fake:wait ] || command -v "$1" >/dev/null || fail_as \
    "executing processes for container: error finding executable \"$1\" in PATH" \
    "exec failed: unable to start container process: exec: \"$1\": executable file not found in \$PATH"
  number=2
  while ! mkdir "$d/exec/$number.claim" 2>/dev/null; do number=$((number + 1)); done
  copy="$d/exec/$number.json"
  cp "$process_file" "$copy"
  [ -z "$internal_pid_file" ] || printf '%s' "$number" >"$internal_pid_file"
  detached fake_exec "$d" "$number" "$copy"
  while [ ! -s "$d/exec/$number" ] && alive "$started"; do sleep 0.005; done
  host_pid=$started
  [ "$flavor" = runc ] && read -r host_pid <"$d/exec/$number"
  [ -z "$pid_file" ] || printf '%s' "$host_pid" >"$pid_file"
  [ -n "$detach" ] && return
  wait "$started"
}

do_kill() {
  load
  number=${signal:-15}
  case $number in 0 | *[!0-9]* | 6[5-9] | [7-9]?) fail_as "unknown signal \"$number\"" "unable to signal init: invalid argument" ;; esac
  [ "$status" = stopped ] && fail_as "sandbox is not running" "container not running"
  [ "$flavor$status" = runsccreated ] && fail "cannot signal container \"$id\" in state created"
  target="-$app"
  if [ -n "$pid" ] && [ "$pid" != 1 ]; then
    [ -s "$d/exec/$pid" ] || fail "no such process with PID $pid"
    read -r target <"$d/exec/$pid"
  fi
  kill -s "$number" -- "$target" 2>/dev/null || kill -s "$number" "$app" 2>/dev/null || fail "no such process"
  [ -z "$all" ] || for process in "$d"/exec/*[0-9]; do
    [ -f "$process" ] && read -r target <"$process" && kill -s "$number" "$target" 2>/dev/null
  done
  return 0
}

do_delete() {
  folder
  [ ! -d "$d" ] && [ -n "$force" ] && return
  load
  if [ "$status" != stopped ]; then
    [ -n "$force" ] || [ "$flavor$status" = runsccreated ] || fail_as \
      "cannot delete container that is not stopped without --force flag" "cannot delete container $id that is not stopped: $status"
    [ "$app" = "$init" ] || kill -9 -- "-$app" 2>/dev/null
    [ -e "$d/sub" ] || kill -9 "$init" 2>/dev/null
  fi
  rm -rf "$d"
}

do_state() { load; state_json; echo; }

do_list() {
  separator='['
  for d in "$here"/containers/*; do
    [ -d "$d" ] || continue
    id=${d##*/}
    load
    printf '%s' "$separator"
    state_json
    separator=,
  done
  [ "$separator" = '[' ] && printf null || printf ']'
}

do_ps() {
  load
  [ "$status" = running ] || [ "$flavor" = runc ] || fail \
    "getting processes for container: cannot get processes of container \"$id\" in state $status"
  found=
  alive "$app" && found=$([ "$flavor" = runsc ] && echo 1 || echo "$app")
  for process in "$d"/exec/*[0-9]; do
    [ -f "$process" ] && read -r one <"$process" && alive "$one" || continue
    [ "$flavor" = runsc ] && one=${process##*/}
    found="$found,$one"
  done
  printf '[%s]\n' "${found#,}"
}

signal_group() { # SIGNAL FROM TO
  load
  [ "$status" = "$2" ] || fail_as "cannot $verb container \"$id\" in state $status" "container not $2"
  kill -s "$1" -- "-$app"
  echo "$3" >"$d/status"
}
do_pause() { signal_group STOP running paused; }
do_resume() { signal_group CONT paused running; }

do_wait() {
  [ "$flavor" = runsc ] || fail "No help topic for 'wait'"
  load
  target="$d/exit" sandbox=$init
  if [ -n "$pid" ] && [ "$pid" != 1 ]; then target="$d/exec/$pid.exit"; fi
  while [ ! -e "$target" ]; do
    [ -d "$d" ] && alive "$sandbox" || [ -e "$target" ] || fail "waiting on container \"$id\": urpc method \"containerManager.Wait\" failed: EOF"
    sleep 0.01
  done
  read -r code <"$target"
  printf '{"id":"%s","exitStatus":%s}\n' "$id" "$code"
}

do_update() { load; if [ "$resources" = - ]; then cat >"$d/resources.json"; else cp "$resources" "$d/resources.json"; fi; }

do_checkpoint() {
  load
  [ "$status" = running ] || fail "cannot checkpoint container \"$id\" in state $status"
  mkdir -p "$image_path"
  echo image >"$image_path/checkpoint.img"
}

do_events() {
  load
  while :; do
    printf '{"type":"stats","id":"%s","data":{"cpu":{"usage":{"total":1000000,"kernel":400000,"user":600000}},"memory":{"usage":{"usage":4096,"limit":8192}},"pids":{"current":1}}}\n' "$id"
    [ -n "$stats" ] && return
    sleep 0.05
    [ -d "$d" ] || return 0
  done
}

do_version() { [ "$flavor" = runsc ] && echo 'runsc version fake-1' || echo 'runc version 1.1.5-fake'; echo 'spec: 1.0.2'; }

# As both runtimes print it: a line for each command, here also for each flag.
do_help() {
  for word in create start run restore exec kill delete state list ps pause resume wait update checkpoint events; do
    printf '\t%s   what it does\n' "$word"
  done
}
