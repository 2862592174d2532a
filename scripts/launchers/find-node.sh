# The folder of the programs, through however many links this script was reached.
case $0 in
*/*) here=$0 ;;
*) here=$(command -v -- "$0") ;;
esac
[ -h "$here" ] && here=$(readlink -f -- "$here")
lib=${here%/*}/../lib

if [ -n "${SANDSHIM_NODE:-}" ]; then
  node=$SANDSHIM_NODE
  [ -x "$node" ] || fail "SANDSHIM_NODE=$node cannot be executed"
elif [ -x "$lib/node" ]; then
  node=$lib/node
else
  node=$(command -v node) || fail "no Node.js found: install Node.js 24 or later, or set SANDSHIM_NODE to its path"
  version=$("$node" --version 2>/dev/null)
  version=${version#v}
  [ "${version%%.*}" -ge 24 ] 2>/dev/null ||
    fail "$node is Node.js ${version:-of no version}: install Node.js 24 or later, or set SANDSHIM_NODE to its path"
fi

# What somebody else's Node was told is not for this one; the certificates alone would cost it 50 ms.
unset NODE_EXTRA_CA_CERTS NODE_OPTIONS NODE_PATH NODE_V8_COVERAGE NODE_DEBUG NODE_REDIRECT_WARNINGS NODE_COMPILE_CACHE
