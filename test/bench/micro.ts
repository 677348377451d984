/** What each stage of an attempt costs in this process, without a network: user and system time, the median of some rounds. */
import * as z from 'zod'
import { registerConnector } from '../../src/connectors/index.ts'
import { defineConnector } from '../../src/connectors/wire/connector.ts'
import { createReader, plainReader } from '../../src/dialects/reply/reader.ts'
import { checkReply } from '../../src/engine/user/reply/check-reply.ts'
import { Reply } from '../../src/engine/user/reply/reply.ts'
import { Exchange } from '../../src/exchange.ts'
import { Recorder } from '../../src/metrics/recorder.ts'
import { createRandom } from '../../src/random.ts'
import type { Plan } from '../../src/scenario/compile/plan.ts'

const HEADERS = { 'content-type': 'application/json', 'content-length': '200' }
const BODY = Buffer.from(JSON.stringify({ status: 'ok', text: 'x'.repeat(175) }))
const EVENT = Buffer.from(`data: ${JSON.stringify({ id: 'x', choices: [{ index: 0, delta: { content: ' word' } }] })}\n\n`)
const END = Buffer.from('data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n')
const EVENTS = 100

/** A protocol whose target is this process: all requests of one turn of the event loop are answered in the next. */
function answersAtOnce(): void {
  let asked: Exchange[] = []
  const answer = () => {
    const now = asked
    asked = []
    for (const exchange of now) {
      exchange.head(200, HEADERS)
      exchange.data(BODY)
      exchange.done()
    }
  }
  const connection = {
    send(_: unknown, exchange: Exchange) {
      exchange.carried(true)
      exchange.sent(200)
      if (asked.push(exchange) === 1) setImmediate(answer)
    },
    cancel() {},
    close() {},
  }
  registerConnector(
    defineConnector({
      protocol: 'bench',
      schemes: { 'bench:': {} },
      options: z.strictObject({}).default({}),
      request: z.strictObject({ method: z.string().optional(), json: z.unknown().optional() }),
      fromMessage: (body) => body,
      fromStep: (step) => step,
      open: async () => connection,
    }),
  )
}

function exchangeOf(reader = plainReader()): Exchange {
  const exchange = new Exchange(0, reader, () => {}, { keepBody: true })
  exchange.carried(true)
  exchange.sent(200)
  return exchange
}

function read(): Exchange {
  const exchange = exchangeOf()
  exchange.head(200, HEADERS)
  exchange.data(BODY)
  exchange.done()
  return exchange
}

/** Returns the µs of CPU for one of `times` calls: the median of five rounds after one that compiles. */
async function cost(times: number, action: (i: number) => unknown): Promise<number> {
  const rounds: number[] = []
  for (let round = 0; round < 6; round += 1) {
    const before = process.cpuUsage()
    for (let i = 0; i < times; i += 1) {
      const wait = action(i)
      if (wait instanceof Promise) await wait
    }
    const { user, system } = process.cpuUsage(before)
    rounds.push((user + system) / times)
  }
  return rounds.slice(1).sort((a, b) => a - b)[2] ?? Number.NaN
}

/** Returns the stages with their costs in µs for each attempt, or each event where the name says so. `short`: fewer rounds. */
export async function stages(short: boolean): Promise<readonly (readonly [stage: string, microseconds: number])[]> {
  const times = short ? 20_000 : 100_000
  answersAtOnce()
  // The schema takes its protocols from the registry when it is loaded.
  const { validateScenario } = await import('../../src/scenario/validate.ts')
  const { planRun } = await import('../../src/scenario/compile.ts')
  const { runScenario } = await import('../../src/engine/run-scenario.ts')
  const { dimensionsOf } = await import('../../src/engine/outcome/dimensions.ts')
  const planned = (parts: object): Plan => {
    const text = JSON.stringify({ name: 'bench', load: [{ rate: '1000/s', for: '1h', arrivals: 'poisson' }], ...parts })
    const { scenario, plan, problems } = validateScenario(text, 'bench.json')
    if (!scenario || !plan) throw new Error(problems[0]?.message)
    return planRun(scenario, plan, { file: null, seed: 'bench', secrets: [] })
  }
  const json = { model: 'bench', messages: [{ role: 'user', content: `{{user.id}} {{randomInt 1000 9999}} ${'x'.repeat(128)}` }] }
  const expect = [{ status: 200 }, { contains: 'ok' }, { json: { path: '$.status', equals: 'ok' } }, { latency: '< 5s' }]
  const plan = planned({ target: { url: 'http://127.0.0.1/' }, steps: [{ request: { method: 'POST', json }, expect }] })
  const { phases, exchanges, targets } = plan
  const [phase] = phases
  const [step] = exchanges
  const [target] = targets
  if (phase?.load.model !== 'open' || step?.kind !== 'request' || !target)
    throw new Error('the plan is not the one that was asked for')
  const request = step.requestAsText ?? step.request
  const random = createRandom('bench')
  const scope = { user: { id: 7 } }
  const arrivals = phase.load.arrivals(random)
  const address = { url: 'http://127.0.0.1/', headers: {}, query: {}, tls: target.address.tls }
  const recorder = new Recorder(dimensionsOf(plan))
  const dimensions = { step: 0, phase: 0, target: 0, group: 0, tags: undefined }
  const settled = read()
  const chat = planned({ target: { preset: 'openai-chat', url: 'http://127.0.0.1/' }, steps: [{ message: 'hello' }] }).targets[0]
  const user = { random, scope, hasFailed: () => false }
  const whole = async (parts: object) => {
    const load = [{ users: 50, iterations: times }]
    const before = process.cpuUsage()
    await runScenario(planned({ target: { url: 'bench://x', protocol: 'bench' }, load, ...parts }))
    const { user: own, system } = process.cpuUsage(before)
    return (own + system) / times
  }
  return [
    ['plan: the next Poisson arrival', await cost(times, () => arrivals.next())],
    [
      'render: a POST with two templates',
      await cost(times, () => target.connector.fromStep(request.render(scope, random), address, target.options)),
    ],
    ['parse: a plain JSON reply', await cost(times, read)],
    [
      'parse: one event of a chat stream',
      (await cost(times / EVENTS, () => {
        if (!chat) return
        const exchange = exchangeOf(createReader(chat.dialect, undefined, true, chat.limits.eventLength))
        exchange.head(200, { 'content-type': 'text/event-stream' })
        for (let i = 0; i < EVENTS; i += 1) exchange.data(EVENT)
        exchange.data(END)
        exchange.done()
      })) / EVENTS,
    ],
    ['judge: four checks', await cost(times, () => checkReply(step.checks, new Reply(settled, scope), user))],
    [
      'record',
      await cost(times, () => {
        recorder.started(dimensions, 0)
        recorder.settled(settled, dimensions, [], true)
      }),
    ],
    ['the whole engine, GET', await whole({ steps: [{ request: { method: 'GET' } }] })],
    ['the whole engine, POST with templates and checks', await whole({ steps: [{ request: { method: 'POST', json }, expect }] })],
  ]
}
