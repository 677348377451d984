/** The pipelines that `burn generate --ci` writes: files of the folder `templates/ci`, with the source put in. */
import { templateText } from './template.ts'

export const CI_SYSTEMS = ['github', 'gitlab', 'pre-commit'] as const
export type CiSystem = (typeof CI_SYSTEMS)[number]

/** The scenario that the pipelines run: what the template `smoke` writes. */
export const SMOKE_FILE = 'scenarios/smoke.yaml'

/** Where the file of a system belongs. */
export const CI_FILES: Readonly<Record<CiSystem, string>> = {
  github: '.github/workflows/burn.yml',
  gitlab: '.gitlab-ci.yml',
  'pre-commit': '.pre-commit-config.yaml',
}

/** Where the pipelines read the source from when none is written into them. */
export const SOURCE_VARIABLE = 'BURN_SOURCE'

const PLACE = '<source>'

/** What stands in a file as long as it reads the variable, and what takes its place where a source is given. */
const WITH_SOURCE: Readonly<Record<CiSystem, readonly (readonly [RegExp, string])[]>> = {
  github: [
    [/;\n *# here a variable of the repository \(.*\)/, ''],
    [/\$\{\{ vars\.BURN_SOURCE \}\}/, PLACE],
  ],
  gitlab: [[/# BURN_SOURCE: a variable of the project \(.*?\)\. (.*)/, `variables:\n  # $1\n  ${SOURCE_VARIABLE}: ${PLACE}`]],
  'pre-commit': [[/"git\+https:.*"/, PLACE]],
}

/**
 * A pipeline that validates all scenarios and runs the smoke test. `source`: what npm installs burn from, such as the address of a git
 * repository or of a tarball; left out, the pipeline reads the variable BURN_SOURCE, and its shell stops with a message when that is not
 * set: npx would look for a command that happens to be there. pre-commit has no variables: it needs a source.
 */
export function ciRecipe(system: CiSystem, source: string | undefined): string {
  const text = templateText(`ci/${system}.yaml`)
  if (source === undefined) return text
  const placed = WITH_SOURCE[system].reduce((whole, [there, instead]) => whole.replace(there, instead), text)
  // A text in double quotes is the same in YAML as in JSON.
  return placed.replace(PLACE, () => JSON.stringify(source))
}
