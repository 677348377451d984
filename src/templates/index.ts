import { ownPresets, providerTemplate } from './providers.ts'
import { readTemplate, type ScenarioTemplate } from './template.ts'

/** The groups of scenario templates in the order of `burn generate --list`, each with the names of its template files. */
const GROUPS: Readonly<Record<string, readonly string[]>> = {
  'Stress test': ['stress-test-basic', 'stress-test-xml'],
  'Edge case': ['edge-case-empty', 'edge-case-unicode', 'input-edge'],
  Context: ['conversation-context'],
  Performance: ['rapid-fire'],
  Logic: ['branching-conversation'],
  Krawall: ['long-form-output'],
  'Attack surface': [
    'ecommerce-token-drain',
    'support-escalation-flood',
    'context-window-stuffer',
    'polite-persistent-requester',
  ],
  Workloads: ['workload-chat', 'workload-code', 'workload-rag', 'workload-reasoning', 'workload-agent'],
  Resilience: ['concurrency', 'timeout', 'error-recovery'],
  Seed: ['seed-stress', 'xml-bomb', 'context-overflow', 'edge-mixed'],
  // The four scenarios that Stream Testbench generates, with the same names, counts, rates and faults.
  'Stream Testbench': ['websocket_load_test', 'mqtt_burst_test', 'mixed_protocol_stress', 'soak_test_24h'],
  Protocols: ['http', 'sse', 'websocket', 'grpc', 'mqtt'],
  'Load shapes': [
    'constant-users',
    'ramping-users',
    'constant-rate',
    'ramping-rate',
    'shared-iterations',
    'iterations-per-user',
    'stairs',
    'sine',
    'bursts',
    'spike',
    'pause',
    'message-rate',
  ],
  Caches: ['cache-probe'],
  Providers: Object.keys(ownPresets),
  CI: ['smoke'],
}

/** The names of the groups of scenario templates, in the order in which `burn generate --list` prints them. */
export const CATEGORIES: readonly string[] = Object.keys(GROUPS)

/** Groups whose templates have a target of their own. */
const OWN_TARGET = new Set(['Stream Testbench', 'Protocols', 'Providers'])

/** The names of all scenario templates, group by group; no name occurs twice. */
export const templateNames: readonly string[] = Object.values(GROUPS).flat()

/**
 * Returns the scenario template with this name, read from its file or, for the API of a provider, made from its preset; undefined for an unknown
 * name.
 */
export function templateNamed(name: string): ScenarioTemplate | undefined {
  const category = CATEGORIES.find((group) => GROUPS[group]?.includes(name))
  if (category === undefined) return undefined
  const preset = category === 'Providers' ? ownPresets[name] : undefined
  return preset ? providerTemplate(name, preset) : readTemplate(name, { category, ownTarget: OWN_TARGET.has(category) })
}

/** Returns all scenario templates, in the order of their groups. */
export function allTemplates(): ScenarioTemplate[] {
  return templateNames.flatMap((name) => templateNamed(name) ?? [])
}

/** Maps each value of `burn generate --type` to the name of the scenario template that is then written. */
export const TYPES: Readonly<Record<string, string>> = {
  websocket: 'websocket_load_test',
  mqtt: 'mqtt_burst_test',
  mixed: 'mixed_protocol_stress',
  soak: 'soak_test_24h',
  http: 'http',
  sse: 'sse',
  grpc: 'grpc',
  chat: 'conversation-context',
}

/** Maps each value of `burn generate --workload` to the name of the scenario template that is then written. */
export const WORKLOADS: Readonly<Record<string, string>> = Object.fromEntries(
  (GROUPS.Workloads ?? []).map((name) => [name.replace('workload-', ''), name]),
)
