import { expect, test } from 'vitest'
import {
  allSchemes,
  connectorNamed,
  connectors,
  isBuiltIn,
  protocolOfAddress,
  runsOverAnother,
  schemesOf,
} from '../../src/connectors/index.ts'

// Other tests in this process may have added connectors of their own.
const builtIn = Object.entries(connectors).filter(([name]) => isBuiltIn(name))

test.each(builtIn)('%s is found by its name, and by each of its schemes', (name, connector) => {
  expect([connector.protocol, connectorNamed(name)]).toEqual([name, connector])
  for (const scheme of Object.keys(connector.schemes ?? {})) {
    expect(protocolOfAddress(`${scheme.toUpperCase()}//h`)).toBe(name)
    expect(allSchemes()[scheme]?.port).toBeGreaterThan(0)
    expect(schemesOf(name)).toContain(scheme)
  }
})

test('what is none is none', () => {
  expect([
    connectorNamed('constructor'),
    protocolOfAddress('gopher://h'),
    protocolOfAddress('http:/h'),
    schemesOf('none'),
  ]).toEqual([undefined, undefined, undefined, []])
})

test('MQTT runs over a WebSocket where its address says so', () => {
  expect([
    runsOverAnother(connectors.mqtt, 'WS://h'),
    runsOverAnother(connectors.mqtt, 'mqtt://h'),
    runsOverAnother(connectors.http, 'ws://h'),
  ]).toEqual([true, false, false])
})
