import { templateText } from './template.ts'

/** The values of `burn generate --ci`: the CI systems, container platforms and other tools for which it writes a file. */
export const CI_SYSTEMS = [
  'github',
  'github-compare',
  'github-action',
  'gha-matrix',
  'gitlab',
  'gitlab-parallel',
  'pre-commit',
  'docker',
  'k8s-job',
  'argo',
] as const
/** A value of `burn generate --ci`: the name of a CI system, container platform or other tool, such as `github` or `docker`. */
export type CiSystem = (typeof CI_SYSTEMS)[number]

/** The platforms that run burn in a container, from an image made with the generated Dockerfile. Their files do not install burn. */
export const IMAGE_SYSTEMS: readonly CiSystem[] = ['k8s-job', 'argo']

/**
 * The path of the scenario file that the generated CI pipelines run. `burn generate --ci` writes it from the template `smoke`, unless the file exists
 * or the value is `pre-commit`, which runs none.
 */
export const SMOKE_FILE = 'scenarios/smoke.yaml'

/** For each value of `burn generate --ci`, the path in the user's repository where its file belongs. */
export const CI_FILES: Readonly<Record<CiSystem, string>> = {
  github: '.github/workflows/burn.yml',
  'github-compare': '.github/workflows/burn-compare.yml',
  'github-action': '.github/actions/burn/action.yml',
  'gha-matrix': '.github/workflows/burn-shards.yml',
  gitlab: '.gitlab-ci.yml',
  'gitlab-parallel': '.gitlab-ci.yml',
  docker: 'Dockerfile',
  'k8s-job': 'burn-job.yaml',
  argo: 'burn-workflow.yaml',
  'pre-commit': '.pre-commit-config.yaml',
}

/**
 * The name of the environment variable that says where npm gets burn from, such as a git address, in a generated CI pipeline. A pipeline for which
 * `burn generate --source` gave such an address holds the address itself and does not read the variable.
 */
export const SOURCE_VARIABLE = 'BURN_SOURCE'

const PLACE = '<source>'

/** What to replace in the files of all systems of GitHub, so that the source of burn is written instead of read from the variable. */
const OF_GITHUB = [
  [/;\n *# here a variable of the repository \(.*\)/, ''],
  [/\$\{\{ vars\.BURN_SOURCE \}\}/, PLACE],
] as const

const OF_GITLAB = [
  [/# BURN_SOURCE: a variable of the project \(.*?\)\. (.*)/, `variables:\n  # $1\n  ${SOURCE_VARIABLE}: ${PLACE}`],
] as const

/** For each CI system, what to replace in its file so that the source of burn is written instead of read from the variable. */
const WITH_SOURCE: Readonly<Record<CiSystem, readonly (readonly [RegExp, string])[]>> = {
  github: OF_GITHUB,
  'github-compare': OF_GITHUB,
  'gha-matrix': OF_GITHUB,
  'github-action': [[/"" # BURN_SOURCE of the environment/, PLACE]],
  docker: [[/ARG BURN_SOURCE$/m, `ARG ${SOURCE_VARIABLE}=${PLACE}`]],
  gitlab: OF_GITLAB,
  'gitlab-parallel': OF_GITLAB,
  'k8s-job': [],
  argo: [],
  'pre-commit': [[/"git\+https:.*"/, PLACE]],
}

/**
 * Returns the text of the file for a value of `burn generate --ci`, such as a pipeline that validates all scenarios and runs the smoke test, or a
 * Dockerfile. `source` is what npm installs burn from, such as a git address or a tarball. Without it, the file reads it from the variable
 * BURN_SOURCE, and fails with a message when that is not set; that of `pre-commit` has an address to replace, and those of `k8s-job` and `argo`
 * install nothing.
 */
export function ciRecipe(system: CiSystem, source: string | undefined): string {
  const text = templateText(system === 'docker' ? 'ci/Dockerfile' : `ci/${system}.yaml`)
  if (source === undefined) return text
  const placed = WITH_SOURCE[system].reduce((whole, [there, instead]) => whole.replace(there, instead), text)
  // A JSON string is also a valid YAML string; in a Dockerfile, variables in it would be replaced.
  const written = JSON.stringify(source)
  return placed.replace(PLACE, () => (system === 'docker' ? written.replaceAll('$', '\\$') : written))
}
