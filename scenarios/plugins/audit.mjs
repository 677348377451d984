/** Fails attempts whose reply could not be found in the logs of the target, and says which failed for another reason. */
export default ({ log }) => ({
  hooks: {
    priority: 200,
    afterReceive({ reply, fail, capture }) {
      const id = reply.headers['x-request-id']
      if (id === undefined) fail('the reply has no x-request-id')
      else capture('requestId', id)
    },
    onError({ step, user, failure }) {
      log(`audit: ${step} of user ${user} failed: ${failure.class}: ${failure.message}`)
    },
  },
})
