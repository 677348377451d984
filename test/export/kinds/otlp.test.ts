/** Where metrics go over OTLP. */
import { expect, onTestFinished, test } from 'vitest'
import { otlp } from '../../../src/export/kinds/otlp.ts'
import { snapshotOf } from '../../../src/export/points/snapshot.ts'
import { atOnce } from '../../../src/pieces.ts'
import { RESULTS } from '../../report/results.ts'
import { webhookReceiver } from '../../servers/webhook-receiver.ts'

test('attributes of the environment go to no address that a scenario names, and hold up nobody there', async () => {
  const { url, received } = await webhookReceiver()
  const sendTo = async (where: string, isTyped: boolean, attributes: string) => {
    const environment = { OTEL_RESOURCE_ATTRIBUTES: attributes, OTEL_SERVICE_NAME: 'ours' }
    const output = await otlp.parse({ otlp: where }).plan({ isTyped, environment }).open('.')
    onTestFinished(() => output.close?.())
    await output.send(atOnce(snapshotOf(RESULTS.fine)), new AbortController().signal)
    return received.at(-1)?.body ?? ''
  }
  expect(await sendTo(url, true, 'team=inside')).toMatch(/"team".*"inside"/)
  const other = await sendTo(url, false, 'team=inside,wrong')
  expect(other).toContain('"service.name"')
  expect(other).not.toMatch(/inside|ours/)
  await expect(sendTo(url, true, 'team=inside,wrong')).rejects.toThrow('entry 2 of 2')
})

test('credentials of the environment go to no address that a scenario names', () => {
  const environment = {
    OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20abcdefgh',
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://own',
  }
  const planned = (where: string, isTyped: boolean) => otlp.parse({ otlp: where }).plan({ isTyped, environment })
  expect(planned('http://other', false)).toMatchObject({ to: 'http://other/v1/metrics', secrets: [] })
  expect(planned('http://other', true)).toMatchObject({ to: 'http://other/v1/metrics', secrets: ['abcdefgh'] })
  expect(planned('env', false)).toMatchObject({ to: 'http://own/v1/metrics', secrets: ['abcdefgh'] })
})
