/** A file and flags become a checked scenario and its plan. */
import { randomBytes } from 'node:crypto'
import { dirname } from 'node:path'
import type { Command } from 'commander'
import { type Problem, ScenarioError, UsageError } from '../errors.ts'
import { compileScenario } from '../scenario/compile.ts'
import type { Override } from '../scenario/overrides.ts'
import type { Plan } from '../scenario/plan.ts'
import { readSource } from '../scenario/read.ts'
import type { Scenario } from '../scenario/schema.ts'
import { validateScenario } from '../scenario/validate.ts'
import { keepSecret, secretsIn, secretValues } from './known-secrets.ts'
import { overridesOf } from './overrides.ts'
import type { RunFlags } from './run-flags.ts'

type Raw = Record<string, unknown>

/** A scenario that can run, and where its parts came from. */
export interface LoadedScenario {
  readonly scenario: Scenario
  /** As written, with flags applied; for --show-config. */
  readonly raw: Raw
  readonly overrides: readonly Override[]
  readonly plan: Plan
  readonly warnings: readonly Problem[]
}

/** Loads one scenario; `file` undefined builds one from flags alone. @throws ScenarioError, UsageError */
export function loadScenario(file: string | undefined, flags: RunFlags, command: Command): LoadedScenario {
  const source = file === undefined ? { text: JSON.stringify(fromFlags(flags)), file: '<flags>' } : readSource(file)
  let overrides: readonly Override[] = []
  const override = (value: unknown) => {
    overrides = overridesOf(flags, command, isRecord(value) ? value : {})
    return overrides
  }
  const { scenario, problems, value, envUsed } = validateScenario(source.text, source.file, { override })
  const secrets = [...secretValues(envUsed), ...secretsIn(value)]
  keepSecret(secrets)
  if (!scenario) throw file === undefined ? usageError(problems) : new ScenarioError(problems)
  const plan = compileScenario(scenario, {
    file: file ?? null,
    baseDir: file === undefined || file === '-' ? '.' : dirname(file),
    seed: String(scenario.seed ?? randomBytes(4).toString('hex')),
    secrets,
    maxErrorRate: flags.maxErrorRate,
  })
  keepSecret(plan.secrets)
  return { scenario, raw: isRecord(value) ? value : {}, overrides, plan, warnings: problems }
}

const isRecord = (value: unknown): value is Raw => typeof value === 'object' && value !== null && !Array.isArray(value)

/** What a run without a file starts from; flags fill in the rest. */
function fromFlags(flags: RunFlags): Raw {
  if (flags.endpoint === undefined && flags.preset === undefined) {
    throw new UsageError('nothing to run: name a scenario file, or an address with -e', 'burn run scenarios/quickstart.yaml')
  }
  const chat = flags.message !== undefined || flags.preset !== undefined || flags.endpoint === 'mock:'
  return { name: 'quick run', target: {}, steps: [chat ? { message: 'Hello' } : { request: { method: 'GET' } }] }
}

/** Without a file there are no lines to point at: the problems name their flags. */
function usageError(problems: readonly Problem[]): UsageError {
  const errors = problems.filter((problem) => problem.severity === 'error')
  return new UsageError(errors.map(({ message, hint }) => (hint ? `${message} (${hint})` : message)).join('\n  '))
}
