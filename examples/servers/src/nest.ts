import 'reflect-metadata'
import { Controller, Get, Module, Param } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { quipuNest } from '@quipu/http/nest'
import { start } from '@quipu/sdk'

@Controller('users')
class UsersController {
  @Get(':id') find(@Param('id') id: string) {
    return { id }
  }
}

@Module({ controllers: [UsersController] })
class AppModule {}

const app = await NestFactory.create(AppModule, { logger: false })
quipuNest(app, { quipu: start({ serviceName: 'nest-example' }) })
await app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1')
