import 'reflect-metadata'
import { createRequire } from 'node:module'
import { Readable } from 'node:stream'
import * as nest from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { of } from 'rxjs'
import { breakOff, events, fail, hold, later, never, pieces } from './answers.mjs'

// Nest 10 declares wildcards without a name.
const isOld = createRequire(import.meta.url)('@nestjs/core/package.json').version.startsWith('10.')

/** Decorates a handler as TypeScript would. */
function route(target, name, decorators, handler) {
  target.prototype[name] = handler
  for (const decorate of decorators)
    decorate(target.prototype, name, Object.getOwnPropertyDescriptor(target.prototype, name))
}

class Users {}
nest.Req()(Users.prototype, 'find', 0)
route(Users, 'find', [nest.Get('users/:id')], (request) => ({ id: request.params.id }))
nest.Body()(Users.prototype, 'make', 0)
route(Users, 'make', [nest.Post('users/:id'), nest.Header('content-type', 'text/plain')], (body) => body)
const respond = (name, path, decorators, handler) => {
  nest.Res()(Users.prototype, name, 0)
  route(Users, name, [nest.Get(path), ...decorators], handler)
}
route(Users, 'files', [nest.Get(isOld ? 'files/*' : 'files/*path')], () => 'file')
route(Users, 'either', [nest.Get(['either', 'or'])], () => 'either')
route(Users, 'fail', [nest.Get('fail')], () => fail())
respond('broken', 'broken', [], breakOff)
respond('stream', 'stream', [], (response) => Readable.from(pieces()).pipe(response))
respond('events', 'events', [], (response) => Readable.from(events()).pipe(response.type('text/event-stream')))
route(Users, 'slow', [nest.Get('slow')], async () => {
  await later()
  return 'slow'
})
route(Users, 'never', [nest.Get('never')], () => never())
route(Users, 'empty', [nest.Get('empty'), nest.HttpCode(204)], () => undefined)
route(Users, 'moved', [nest.Get('moved'), nest.Redirect('/users/1', 302)], () => undefined)
route(Users, 'gone', [nest.Get('gone')], () => {
  throw new nest.NotFoundException()
})
nest.Controller()(Users)

class Items {}
nest.Req()(Items.prototype, 'find', 0)
route(Items, 'find', [nest.Get('items/:item')], (request) => request.params)
route(Items, 'fail', [nest.Get('fail/:item')], () => fail())
nest.Controller('shops/:shop')(Items)

class Guard {
  canActivate() {
    throw new nest.UnauthorizedException()
  }
}

class Others {}
route(Others, 'guarded', [nest.Get('guarded/:id'), nest.UseGuards(new Guard())], () => never())
nest.Param('id', new nest.ParseIntPipe())(Others.prototype, 'piped', 0)
route(Others, 'piped', [nest.Get('piped/:id')], (id) => id)
route(Others, 'ticks', [nest.Sse('ticks')], () => of({ data: 1 }, { data: 2 }))
route(Others, 'download', [nest.Get('download')], () => new nest.StreamableFile(Buffer.from('file')))
nest.Req()(Others.prototype, 'held', 0)
nest.Res()(Others.prototype, 'held', 1)
route(Others, 'held', [nest.Get('held')], hold)
nest.Controller()(Others)

class Versions {}
route(Versions, 'find', [nest.Get(':id')], () => 'version')
nest.Controller({ path: 'versions', version: '2' })(Versions)

class App {}
nest.Module({ controllers: [Users, Items, Others, Versions] })(App)
const app = await NestFactory.create(App, { logger: false })
app.enableVersioning()
app.useBodyParser('text', { type: () => true })
await app.listen(Number(process.env.PORT), '127.0.0.1')
