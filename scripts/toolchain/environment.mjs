// What `npm run` tells its script about the outer package; a package manager inside would take it for its own settings.
const OF_THE_OUTER_RUN =
  /^(npm_(package|lifecycle|command|execpath|node_execpath)|npm_config_(prefix|local_prefix|global_prefix|global|user_agent|npm_version|init_module|node_gyp|noproxy)$)/i;

/**
 * A copy of an environment without npm's notes about the run that it started; a user's own npm settings stay.
 * @param {Readonly<Record<string, string | undefined>>} environment
 * @returns {Record<string, string | undefined>}
 */
export function cleanEnvironment(environment) {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !isOfTheOuterRun(name)));
}

/** @param {string} name */
function isOfTheOuterRun(name) {
  return OF_THE_OUTER_RUN.test(name) || name === 'INIT_CWD';
}
