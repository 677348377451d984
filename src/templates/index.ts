/** The registry of scenario templates. */
import { attackTemplates } from './chat/attack.ts'
import { dialogueTemplates } from './chat/dialogue.ts'
import { edgeTemplates } from './chat/edge.ts'
import { stressTemplates } from './chat/stress.ts'
import { ciTemplates } from './ci.ts'
import { loadShapeTemplates } from './load-shapes.ts'
import { protocolTemplates } from './protocols.ts'
import { providerTemplates } from './providers.ts'
import { resilienceTemplates } from './resilience.ts'
import { seedTemplates } from './seed.ts'
import type { Template } from './template.ts'
import { testbenchTemplates } from './testbench.ts'

/** All templates; their names are unique. */
export const templates: readonly Template[] = [
  ...stressTemplates,
  ...edgeTemplates,
  ...dialogueTemplates,
  ...attackTemplates,
  ...resilienceTemplates,
  ...seedTemplates,
  ...testbenchTemplates,
  ...protocolTemplates,
  ...loadShapeTemplates,
  ...providerTemplates,
  ...ciTemplates,
]

/** The template of that name. */
export function templateNamed(name: string): Template | undefined {
  return templates.find((template) => template.name === name)
}

/** `--type`: short words for the templates that stand for a kind of target. */
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
