import { expect, test } from 'vitest'
import { References } from '../../../../src/templates/imports/openapi/references.ts'
import { securityAuth } from '../../../../src/templates/imports/openapi/security.ts'

function of(scheme: object | undefined, security?: object[]) {
  const document = {
    components: { securitySchemes: scheme === undefined ? {} : { main: scheme } },
    ...(security && { security }),
  }
  const notes: string[] = []
  const made: { auth?: unknown } = securityAuth(document, new References(document, notes), notes)
  return { ...made, notes }
}

test.each<[object, object]>([
  [
    { type: 'http', scheme: 'Bearer' },
    { type: 'bearer', token: '${env.TARGET_TOKEN}' },
  ],
  [
    { type: 'http', scheme: 'basic' },
    { type: 'basic', username: '${env.TARGET_USERNAME}', password: '${env.TARGET_PASSWORD}' },
  ],
  [
    { type: 'apiKey', in: 'query', name: 'k' },
    { type: 'apiKey', name: 'k', in: 'query', value: '${env.TARGET_API_KEY}' },
  ],
  [
    { type: 'apiKey', in: 'cookie', name: 'sid' },
    { type: 'apiKey', name: 'cookie', in: 'header', value: 'sid=${env.TARGET_API_KEY}' },
  ],
  [{ type: 'openIdConnect' }, { type: 'bearer', token: '${env.TARGET_TOKEN}' }],
  [
    { type: 'oauth2', flows: { implicit: {} } },
    { type: 'bearer', token: '${env.TARGET_TOKEN}' },
  ],
  [
    { type: 'oauth2', flows: { clientCredentials: { tokenUrl: 'https://h/t', scopes: { a: '', b: '' } } } },
    {
      type: 'oauth2',
      tokenUrl: 'https://h/t',
      clientId: '${env.TARGET_CLIENT_ID}',
      clientSecret: '${env.TARGET_CLIENT_SECRET}',
      scope: 'a b',
    },
  ],
])('%j', (scheme, auth) => {
  const made = of(scheme)
  expect(made.auth).toEqual(auth)
  expect(made.notes).toEqual([
    expect.stringMatching(/^security scheme main: set TARGET_\w+( and TARGET_\w+)* in the environment$/),
  ])
})

test.each([{ type: 'apiKey', in: 'header', name: 'a b' }, { type: 'apiKey', in: 'header' }, { type: 'mutualTLS' }])(
  '%j has no equivalent',
  (scheme) => {
    expect(of(scheme)).toEqual({ notes: ['security scheme main has no equivalent in burn: set auth in the target'] })
  },
)

test('none is none, and a second one that is required is told', () => {
  expect(of(undefined)).toEqual({ notes: [] })
  expect(of({ type: 'http', scheme: 'bearer' }, [{ main: [], other: [] }]).notes[0]).toBe(
    'security schemes other are required too: add them by hand',
  )
})
