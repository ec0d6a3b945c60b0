import Router from '@koa/router'
import { quipuKoa } from '@quipu/http/koa'
import { start } from '@quipu/sdk'
import Koa from 'koa'

const quipu = start({ serviceName: 'koa-example' })
const router = new Router()
router.get('/users/:id', (context) => {
  context.body = { id: context.params.id }
})
new Koa()
  .use(quipuKoa({ quipu }) as never)
  .use(router.routes())
  .listen(Number(process.env.PORT ?? 3000), '127.0.0.1')
