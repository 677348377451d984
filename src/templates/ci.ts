/** A quick check for pipelines, and the pipelines themselves. */
import { say, type Template } from './template.ts'

export const ciTemplates: readonly Template[] = [
  {
    name: 'smoke',
    category: 'CI',
    summary: 'Thirty seconds, five connections, two messages a second on each: is it alive, and as fast as last time?',
    messages: { perIteration: 1 },
    scenario: () => ({
      load: [{ name: 'smoke', users: 5, for: '30s', pace: '2/s' }],
      steps: [say('Hello! Are you there?', 'hello', { expect: [{ status: 200 }] })],
      thresholds: ['errors ratio < 1%', 'response_time p95 < 2s'],
    }),
    comments: { thresholds: 'A failed threshold is exit code 1, a dead target 3: the job fails by itself.' },
  },
]

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

/**
 * A pipeline that validates all scenarios and runs the smoke test. `source`: what npm installs burn from, such as the address of a git
 * repository or of a tarball; left out, the pipeline reads the variable BURN_SOURCE. pre-commit has no variables: it needs a source.
 */
export function ciRecipe(system: CiSystem, source: string | undefined): string {
  if (system === 'pre-commit') return preCommit(source ?? '')
  return system === 'github' ? github(source) : gitlab(source)
}

/** Without a source npx would look for a command that happens to be there: the shell says what is missing, and ends. */
const burn = `npx --yes --package "\${${SOURCE_VARIABLE}:?says what npm installs burn from, and is not set}" burn`
/** A text in double quotes is the same in YAML as in JSON. */
const quoted = (text: string) => JSON.stringify(text)
const WHAT_SOURCE =
  'What npm installs burn from: git+https://HOST/REPOSITORY.git#COMMIT, or the address of a tarball of `npm pack`'

const headOf = (system: CiSystem) => `# ${CI_FILES[system]}: checks every scenario, then runs a short load test.
# The exit code is the verdict: 1 threshold failed, 2 bad scenario, 3 could not test,
# 4 measurement not valid: the machine of the job was too busy; run it again, or on a quieter one.
`

const github = (source: string | undefined): string => `${headOf('github')}name: burn

on:
  pull_request:
  schedule:
    - cron: "17 3 * * *" # every night

env:
  # ${WHAT_SOURCE}${source === undefined ? ';\n  # here a variable of the repository (Settings, Secrets and variables, Actions, Variables)' : ''}.
  ${SOURCE_VARIABLE}: ${source === undefined ? `\${{ vars.${SOURCE_VARIABLE} }}` : quoted(source)}

jobs:
  validate:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-node@v4
        with: { node-version: 24 }
      - run: ${burn} validate --no-env --format github "scenarios/**/*.yaml"

  smoke:
    needs: validate
    runs-on: ubuntu-latest
    timeout-minutes: 10
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-node@v4
        with: { node-version: 24 }
      # The report is also shown on the page of the job (GITHUB_STEP_SUMMARY).
      - run: ${burn} run ${SMOKE_FILE} --out burn-smoke --report junit,md
        env:
          OPENAI_API_KEY: \${{ secrets.OPENAI_API_KEY }}
      - uses: actions/upload-artifact@v4
        if: always()
        with:
          name: burn-smoke
          path: burn-smoke/
`

const gitlab = (source: string | undefined): string => `${headOf('gitlab')}stages: [validate, load]

default:
  image: node:24
${
  source === undefined
    ? `\n# ${SOURCE_VARIABLE}: a variable of the project (Settings, CI/CD, Variables). ${WHAT_SOURCE}.\n`
    : `\nvariables:\n  # ${WHAT_SOURCE}.\n  ${SOURCE_VARIABLE}: ${quoted(source)}\n`
}
validate-scenarios:
  stage: validate
  script:
    - ${burn} validate --no-env "scenarios/**/*.yaml"

smoke:
  stage: load
  timeout: 10 minutes
  script:
    # OPENAI_API_KEY: a masked variable of the project
    - ${burn} run ${SMOKE_FILE} --out burn-smoke --report junit,md
  artifacts:
    when: always
    paths: [burn-smoke/]
    reports:
      junit: burn-smoke/junit.xml
`

const preCommit = (
  source: string,
): string => `# ${CI_FILES['pre-commit']}: no scenario with a mistake in it is committed. Sends nothing, needs no keys.
repos:
  - repo: local
    hooks:
      - id: burn-validate
        name: validate burn scenarios
        entry: burn validate --no-env --quiet
        language: node
        language_version: lts
        additional_dependencies: [${quoted(source)}]
        files: '(^|/)(burn|load|scenarios)/.*\\.(ya?ml|json)$|\\.burn\\.(ya?ml|json)$'
        exclude: '(^|/)burn\\.schema\\.json$'
`
