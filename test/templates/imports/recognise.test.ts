import { describe, expect, test } from 'vitest'
import { validateSource } from '../../../src/cli/load/foreign.ts'
import { convertText } from '../../../src/templates/imports/index.ts'

const FOREIGN: readonly (readonly [string, string])[] = [
  [
    'a k6 script',
    `import http from 'k6/http';\nimport { sleep } from 'k6';\nexport default function () {\n  http.get('http://h/');\n}\n`,
  ],
  ['a k6 script', `const http = require("k6/http")\n`],
  [
    'a locustfile',
    'from locust import HttpUser, task\n\nclass A(HttpUser):\n    @task\n    def a(self):\n        self.client.get("/")\n',
  ],
  ['a JMeter test plan', '<?xml version="1.0"?>\n<jmeterTestPlan version="1.2"><hashTree/></jmeterTestPlan>'],
  ['a Gatling simulation', 'package a\nimport io.gatling.core.Predef._\nclass A extends Simulation {\n}\n'],
  [
    'an Artillery test',
    'config:\n  target: http://h\n  phases: [{ duration: 5, arrivalRate: 2 }]\nscenarios:\n  - flow: [{ get: { url: / } }]\n',
  ],
  ['a Taurus test', 'execution: [{ concurrency: 5, scenario: a }]\nscenarios: { a: { requests: [http://h/] } }\n'],
  ['a promptfoo configuration', 'prompts: [hi]\nproviders: [openai:gpt-4o]\ntests: []\n'],
  ['a file of JSON lines', '{"prompt":"a"}\n{"prompt":"b"}\n'],
  ['a PowerShell command', 'Invoke-WebRequest -UseBasicParsing -Uri "http://h/" `\n-Method "POST"\n'],
  ['a PowerShell command', '$session = New-Object Microsoft.PowerShell.Commands.WebRequestSession\nInvoke-RestMethod http://h\n'],
  ['a call of fetch', 'fetch("http://h/", {\n  "method": "GET"\n});'],
  ['a file of HTTP requests', '### one\nGET http://h/a HTTP/1.1\nAccept: */*\n\n###\nPOST http://h/b\n'],
  ['a file of HTTP requests', '@host = http://h\n\nGET {{host}}/a\n'],
  ['a wget command', 'wget --post-data=x http://h/'],
  ['an HTTPie command', 'http POST h:81/a x=1'],
  ['an Insomnia export', '{"_type":"export","__export_format":4,"resources":[]}'],
  ['a Postman environment', '{"id":"1","values":[],"_postman_variable_scope":"environment"}'],
  ['a Python program', 'import requests\nrequests.get("http://h")\n'],
  ['an AsyncAPI document', 'asyncapi: 2.6.0\nchannels: {}\n'],
]

const CONVERTED: readonly (readonly [string, string])[] = [
  ['a curl command', 'curl http://h/'],
  ['an HTTP archive (HAR)', '{"log":{"entries":[]}}'],
  ['an OpenAPI document', 'openapi: 3.0.0\npaths: {}\n'],
  ['an OpenAPI document', '{"swagger":"2.0","paths":{}}'],
  ['a Postman collection', '{"info":{"name":"x"},"item":[]}'],
]

const problemsOf = (text: string, file: string) =>
  validateSource({ text, file }).problems.map(({ code, message, hint }) => ({ code, message, hint }))

describe('a file that is not read is named as what it is', () => {
  test.each(FOREIGN)('%s: %j', (name, text) => {
    expect(() => convertText(text)).toThrow(`this is ${name}, which burn does not read`)
    const [problem, ...more] = problemsOf(text, 'file.txt')
    expect([problem?.message, more]).toEqual([`this is ${name}, not a scenario`, []])
    expect(problem?.hint).toContain('burn convert reads stream-testbench, krawall, curl, har, openapi, postman')
  })

  test.each(CONVERTED)('%s is to be converted first: %j', (name, text) => {
    expect(problemsOf(text, 'a.txt')).toEqual([
      {
        code: 'E_FOREIGN',
        message: `this is ${name}, not a scenario`,
        hint: 'make a scenario of it: burn convert a.txt -o scenario.yaml',
      },
    ])
  })

  test.each([
    ['name: x\nfoo: 1\n', 'kind of the file is not recognised'],
    ['', 'there is nothing in the file'],
    ['[]', 'there is nothing in the file'],
    ['name: *nobody\n', 'Unresolved alias'],
    [
      `a: &a [x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a]\nc: [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b,*b,*b,*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\n`,
      'Excessive alias count',
    ],
    ['{"a":', 'neither JSON nor YAML'],
    ['{"text":"from locust import x\\nimport k6 from \'k6\'"}', 'kind of the file is not recognised'],
  ])('nothing tells what %j is', (text, message) => {
    expect(() => convertText(text)).toThrow(message)
  })

  test('a scenario stays one, whatever its texts hold', () => {
    const problems = problemsOf(
      'name: x\ntarget: { url: "http://h" }\nsteps: [{ message: "curl http://h, import http from \'k6/http\'" }]\n',
      'a.yaml',
    )
    expect(problems).toEqual([])
    expect(
      problemsOf('target: http://h\nsteps: []\nconfig: {}\nscenarios: []\n', 'a.yaml').map(({ code }) => code),
    ).not.toContain('E_FOREIGN')
  })
})
