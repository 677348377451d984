/** No secret of another tool's file is copied into a scenario. */
import { expect, test } from 'vitest'
import { convert } from './curl/converted.ts'

test.each([
  ['a form that cannot be taken apart', `curl http://h/ -d 'a=b&x&password=geheim9'`],
  ['JSON under the content type of a form', `curl http://h/ -d '{"password":"geheim9"}'`],
  ['XML', `curl http://h/ -H 'content-type: text/xml' -d '<password>geheim9</password>'`],
  ['GraphQL', `curl http://h/ --json '{"query":"mutation { login(password: \\"geheim9\\") }"}'`],
])('the password in a body is not copied: %s', (_, command) => {
  const { scenario, notes } = convert(command)
  expect(JSON.stringify(scenario)).not.toContain('geheim9')
  expect(JSON.stringify(scenario)).toContain('${env.TARGET_PASSWORD}')
  expect(notes).toContainEqual(expect.stringContaining('set the environment variable TARGET_PASSWORD'))
})
