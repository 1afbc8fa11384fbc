import type { INestApplication } from '@nestjs/common'
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger'

/** Serves the API's description at `/openapi.json` and a page to read and try it at `/docs`. */
export const serveOpenApi = (
  app: INestApplication,
  { title, description, version }: { title: string; description: string; version: string },
): void => {
  const config = new DocumentBuilder().setTitle(title).setDescription(description).setVersion(version).addBearerAuth().build()
  SwaggerModule.setup('docs', app, () => SwaggerModule.createDocument(app, config), {
    jsonDocumentUrl: 'openapi.json',
    yamlDocumentUrl: 'openapi.yaml',
  })
}
