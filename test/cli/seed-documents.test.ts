/**
 * The commands and files of the documents that burn was made from, each as it is written there, against servers that know the original's
 * wire format. A preload leads the ports that the documents name to those of the test's servers; runs of a minute are ended once enough
 * was sent.
 */
import { describe, expect, test } from 'vitest'
import { type Seen, startMutationServer, startSyncServer } from '../servers/testbench.ts'
import { timedTest } from '../support/quiet.ts'
import { closeAfter, eventually, Home } from './harness.ts'

/** Commands that are not burn's, and why. */
const NOT_OURS: Readonly<Record<string, string>> = {
  './gradlew build': 'builds the original',
  './gradlew test': 'tests the original',
  './gradlew fatJar': 'builds the original',
  'java -Xmx4g -jar streamtestbench.jar': 'advice for the memory of the JVM',
  'node chat-stress-test.js quick': 'a script of the stress framework: `burn run --profile quick`',
  'node chat-stress-test.js medium': 'a script of the stress framework: `burn run --profile medium`',
  'node chat-stress-test.js spike': 'a script of the stress framework: `burn run --profile spike`',
  'python ai-agent-stress-test.py --test-type concurrent --requests 25': 'a script of the stress framework',
  'python system-monitor.py --duration 300 --health-checks': '`burn monitor`, which a later version has',
  'brew install redis': 'the queue of the target, which burn does not need',
  'pnpm install': 'Krawall, a web application',
  'task docker:up': 'Krawall, a web application',
}

/** What stands before the arguments there. */
const PROGRAMS =
  /^(?:\.\/gradlew run --args="(.*)"|java -jar (?:build\/libs\/intelliwiz_kotlin-1\.0\.0-fat|streamtestbench)\.jar (.*)|streamtestbench (.*))$/

/** The arguments of a command line of the documents. */
function argumentsOf(line: string): string[] {
  const [, quoted, jar, plain] = PROGRAMS.exec(line) ?? []
  return (quoted ?? jar ?? plain ?? '').split(' ')
}

/** Arguments of Node that lead connections to other ports. */
function ledTo(home: Home, ports: Readonly<Record<number, number>>): string[] {
  const text = `
    import net from 'node:net'
    const ports = ${JSON.stringify(ports)}
    const { connect } = net.Socket.prototype
    net.Socket.prototype.connect = function (...args) {
      const options = Array.isArray(args[0]) ? args[0][0] : args[0]
      const port = typeof options === 'object' && options !== null ? ports[options.port] : undefined
      if (port !== undefined) Object.assign(options, { port, host: '127.0.0.1' })
      return connect.apply(this, args)
    }`
  return ['--import', `./${home.write('ports.mjs', text)}`]
}

async function targets(wanted?: Readonly<Record<string, unknown>>, password?: string) {
  const socket = await startSyncServer({}, wanted)
  const broker = await startMutationServer({}, password)
  for (const server of [socket, broker]) closeAfter({ close: () => server.stop() })
  return { socket, broker, ports: { 8000: socket.port, 1883: broker.port } }
}

const SEED = 'no faults at first'

/** Runs a command line until a server has seen enough, and gives the result that it leaves. */
async function runUntil(line: string, home: Home, ports: Readonly<Record<number, number>>, server: Seen, count: number) {
  const args = argumentsOf(line)
  const running = home.start([...args, '--out', 'out', '--log', 'none'], {
    node: ledTo(home, ports),
    // Some of the files inject faults by chance: this seed draws none among the first messages, neither copies nor drops.
    env: { BURN_SEED: SEED },
  })
  await eventually(() => server.messages.length >= count, `${count} messages`)
  running.kill('SIGINT')
  const { code, stderr } = await running.finished
  expect([code, server.complaints], stderr).toEqual([130, []])
  const result = home.result()
  expect(result.errors).toEqual([])
  // What is in flight when the signal comes is cut, and may have reached the server.
  const phases = result.phases.map(({ counts }) => counts)
  expect(phases.reduce((sum, { failed }) => sum + failed, 0)).toBe(0)
  expect(phases.reduce((sum, { ok, cut }) => sum + ok + cut, 0)).toBeGreaterThanOrEqual(count)
  return result
}

const MOBILE_SYNC = `{
  "name": "Mobile Sync Test",
  "protocol": "WEBSOCKET",
  "endpoint": "localhost:8000/ws/mobile/sync/",
  "duration_seconds": 300,
  "connections": 50,
  "rates": {
    "messagesPerSecond": 15.0,
    "burstMultiplier": 2.5
  },
  "payloads": ["VOICE_DATA", "BEHAVIORAL_DATA", "SESSION_DATA"]
}`

const MQTT_GRAPHQL = `{
  "name": "MQTT GraphQL Load",
  "protocol": "MQTT",
  "endpoint": "localhost:1883",
  "duration_seconds": 180,
  "connections": 20,
  "rates": {
    "messagesPerSecond": 8.0
  },
  "payloads": ["BEHAVIORAL_DATA", "METRICS"]
}`

const FAILURES = `"failureInjection": {
  "enabled": true,
  "networkDelays": {
    "enabled": true,
    "rangeMs": {"start": 50, "endInclusive": 500},
    "probability": 0.05
  },
  "duplicateMessages": {
    "probability": 0.01,
    "maxDuplicates": 3
  },
  "schemaDrift": {
    "probability": 0.001,
    "mutations": [
      {
        "type": "ADD_FIELD",
        "fieldPath": "extra_field",
        "newValue": "test_value"
      }
    ]
  },
  "connectionDrops": {
    "probability": 0.001,
    "reconnectDelayMs": 1000
  }
}`

const AUTHENTICATION = `"authentication": {
  "type": "BEARER_TOKEN",
  "credentials": {
    "token": "your_bearer_token"
  }
}`

/** The block "Basic Structure", its dots filled with the blocks that follow it there. */
const BASIC = `{
  "name": "Test Scenario",
  "description": "Description of the test",
  "protocol": "WEBSOCKET",
  "endpoint": "localhost:8000/ws/mobile/sync/",
  "duration_seconds": 300,
  "connections": 50,
  "rates": {
    "messagesPerSecond": 10.0,
    "burstMultiplier": 2.0,
    "rampUpSeconds": 30,
    "rampDownSeconds": 30
  },
  "payloads": ["VOICE_DATA", "BEHAVIORAL_DATA", "METRICS"],
  ${FAILURES},
  ${AUTHENTICATION},
  "validation": {}
}`

test('no command is left out without a reason', () => {
  for (const [line, reason] of Object.entries(NOT_OURS)) expect([PROGRAMS.test(line), reason !== '']).toEqual([false, true])
})

// Files that say nothing else allow a reply a second, which a disturbed machine may take.
describe('commands', () => {
  const lines: readonly (readonly [line: string, count: number])[] = [
    [
      './gradlew run --args="run --protocol websocket --endpoint localhost:8000/ws/mobile/sync/ --duration 60 --connections 10 --rate 5"',
      20,
    ],
    ['java -jar streamtestbench.jar run --protocol websocket --duration 30 --connections 5 --rate 2', 8],
  ]
  for (const [line, count] of lines)
    timedTest(line, async () => {
      const home = new Home()
      const { socket, ports } = await targets()
      const result = await runUntil(line, home, ports, socket, count)
      expect(result.target[0]?.url).toBe('ws://localhost:8000/ws/mobile/sync/')
    })

  timedTest('./gradlew run --args="run --scenario scenarios/mobile_sync_stress.json --output results.json"', async () => {
    const home = new Home()
    home.write('scenarios/mobile_sync_stress.json', BASIC)
    const { socket, ports } = await targets({ token: 'your_bearer_token' })
    const line = './gradlew run --args="run --scenario scenarios/mobile_sync_stress.json --output results.json"'
    await runUntil(line, home, ports, socket, 12)
    const { errorRate, scenarioName } = JSON.parse(home.read('results.json'))
    // The ramp is a warm-up: nothing was measured yet, and nothing divided by nothing is no rate.
    expect([errorRate, scenarioName]).toEqual([null, 'Test Scenario'])
  })

  timedTest('java -jar streamtestbench.jar run --scenario ci/load_test.json --output results.json', async () => {
    const home = new Home()
    home.write('ci/load_test.json', MQTT_GRAPHQL)
    const { broker, ports } = await targets()
    const line = 'java -jar streamtestbench.jar run --scenario ci/load_test.json --output results.json'
    await runUntil(line, home, ports, broker, 20)
    expect(JSON.parse(home.read('results.json')).errorRate).toBe(0)
  })

  timedTest('java -jar streamtestbench.jar run --verbose --scenario test.json', async () => {
    const home = new Home()
    home.write('test.json', MOBILE_SYNC)
    const { socket, ports } = await targets()
    await runUntil('java -jar streamtestbench.jar run --verbose --scenario test.json', home, ports, socket, 20)
  })

  test('java -jar build/libs/intelliwiz_kotlin-1.0.0-fat.jar run --help', async () => {
    const args = argumentsOf('java -jar build/libs/intelliwiz_kotlin-1.0.0-fat.jar run --help')
    const { code, stdout } = await new Home().call(args)
    expect(code).toBe(0)
    for (const option of [
      '-s, --scenario',
      '-e, --endpoint',
      '-d, --duration',
      '-p, --protocol',
      '-c, --connections',
      '-r, --rate',
      '-o, --output',
      '-v, --verbose',
    ])
      expect(stdout).toContain(option)
  })

  test('./gradlew run --args="generate --type all --output scenarios/"', async () => {
    const home = new Home()
    const { code } = await home.call(argumentsOf('./gradlew run --args="generate --type all --output scenarios/"'))
    expect(code).toBe(0)
    const names = ['websocket_load_test', 'mqtt_burst_test', 'mixed_protocol_stress', 'soak_test_24h']
    expect(home.files()).toEqual(expect.arrayContaining(names.map((name) => `scenarios/${name}.yaml`)))
  })
})

describe('files', () => {
  test.each([
    ['Basic Structure', BASIC],
    ['WebSocket Mobile Sync', MOBILE_SYNC],
    ['MQTT GraphQL Processing', MQTT_GRAPHQL],
  ])('%s is valid', async (_title, text) => {
    const home = new Home()
    home.write('file.json', text)
    const { code, stdout } = await home.call(['validate', 'file.json'])
    expect(code, stdout).toBe(0)
    expect(stdout).not.toContain('error E_')
  })
})
