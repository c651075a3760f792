// Hot code: synchronous crypto.
const { pbkdf2Sync, scryptSync, timingSafeEqual } = require('node:crypto')
const { span } = require('../tracing')

const salt = Buffer.from('0123456789abcdef')
const stored = pbkdf2Sync('secret', salt, 2_000, 32, 'sha256')

const passwordMatches = (password) => timingSafeEqual(pbkdf2Sync(password, salt, 2_000, 32, 'sha256'), stored)
const sessionKey = (user) => scryptSync(user, salt, 16, { N: 1024, r: 4, p: 1 }).toString('hex')

module.exports = async (app) => {
  app.post('/login', async (request, reply) => {
    const { user = 'anna', password = '' } = request.body ?? {}
    const matches = span('login.verify', () => passwordMatches(password))
    if (!matches) return reply.code(401).send({ error: 'wrong password' })
    return { session: span('login.session', () => sessionKey(user)) }
  })
}
