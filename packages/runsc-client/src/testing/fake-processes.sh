# Read by fake-runtime.sh: the processes of containers, and how they obey.

# alive PID: it exists, and is no zombie.
alive() {
  [ -n "$1" ] && read -r stat 2>/dev/null <"/proc/$1/stat" || return 1
  case ${stat##*) } in [ZX]*) return 1 ;; esac
}

# The words of the "args" list in an OCI process (or config) file, quoted for the shell.
args_of() {
  awk 'BEGIN { RS = "\001" }
  {
    at = index($0, "\"args\""); if (at == 0) exit
    text = substr($0, at + 6); inside = 0; word = ""
    for (i = index(text, "[") + 1; i <= length(text); i++) {
      c = substr(text, i, 1)
      if (inside) {
        if (c == "\\") { i++; c = substr(text, i, 1); if (c == "n") c = "\n"; if (c == "t") c = "\t"; word = word c }
        else if (c == "\"") { inside = 0; gsub("\047", "\047\\\\\047\047", word); printf "\047%s\047 ", word; word = "" }
        else word = word c
      }
      else if (c == "\"") inside = 1
      else if (c == "]") exit
    }
  }' "$1"
}

# Becomes the process of FILE. `fake:wait NAME` obeys the lines that are written into the fifo control/NAME.
become() {
  eval "set -- $(args_of "$1")"
  [ $# -gt 0 ] || set -- fake:wait "$2"
  if [ "$1" != fake:wait ]; then
    exec "$@"
  fi
  control="$here/control/${2:-default}"
  [ -p "$control" ] || mkfifo "$control"
  exec 9<>"$control"
  while read -r order text <&9; do
    case $order in
    exit) exit "$text" ;;
    kill) kill -s "$text" $$ ;;
    out) printf '%s\n' "$text" ;;
    err) printf '%s\n' "$text" >&2 ;;
    ignore) trap '' "$text" ;;
    background) sleep "$text" 9<&- & ;;
    close) exec </dev/null >/dev/null 2>&1 ;;
    esac
  done
}

# detached VERB ARGS...: runs this script in a session of its own, with this command's own descriptors. Sets $started.
detached() {
  exec 8<&0
  setsid "$0" "$@" <&8 8<&- &
  started=$!
  exec 8<&-
}

do_fake_init() { # FOLDER
  exec 9<>"$1/start"
  : >"$1/ready"
  read -r _ <&9
  exec 9<&-
  read -r name <"$1/id"
  read -r folder <"$1/bundle"
  become "$folder/config.json" "$name"
}

# Stands for runsc's sandbox process: it ends with the status of the container that it runs.
do_fake_sandbox() { # FOLDER
  exec 8<&0
  # A sandbox that dies takes its processes with it.
  setpriv --pdeathsig KILL setsid "$0" fake_init "$1" <&8 8<&- &
  app=$!
  echo "$app" >"$1/app"
  exec 8<&- </dev/null >/dev/null 2>&1
  wait "$app"
  code=$?
  echo "$code" >"$1/exit.new"
  mv "$1/exit.new" "$1/exit"
  exit "$code"
}

do_fake_exec() { # FOLDER NUMBER PROCESS-FILE
  exec 8<&0
  "$0" fake_become "$3" "exec-$2" <&8 8<&- &
  app=$!
  echo "$app" >"$1/exec/$2"
  exec 8<&-
  wait "$app"
  code=$?
  [ -d "$1" ] && echo "$code" >"$1/exec/$2.exit"
  exit "$code"
}

do_fake_become() { become "$1" "$2"; }
