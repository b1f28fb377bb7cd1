import { Client, credentials } from '@grpc/grpc-js';
import { fromBinary } from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt';
import {
  ServerReflectionService,
  type ServerReflectionRequest,
  type ServerReflectionResponse,
} from '../../generated/protos/grpc/reflection/v1/reflection.ts';
import { openGround } from './testing/ground.ts';

const ground = openGround();
let client: Client;
beforeAll(async () => {
  client = new Client((await ground.listen()).address, credentials.createInsecure());
});
afterAll(async () => {
  client.close();
  await ground.close();
});

/** Asks in turn on one stream, as tools do. */
async function ask(...questions: readonly ServerReflectionRequest['messageRequest'][]) {
  const { path, requestSerialize, responseDeserialize } = ServerReflectionService.serverReflectionInfo;
  const stream = client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize);
  for (const messageRequest of questions) stream.write({ host: '', messageRequest });
  stream.end();
  const answers: ServerReflectionResponse['messageResponse'][] = [];
  for await (const { messageResponse } of stream as AsyncIterable<ServerReflectionResponse>)
    answers.push(messageResponse);
  return answers;
}

const TESTING = 'shop/testing/v1/testing.proto';

function filesIn(answer: ServerReflectionResponse['messageResponse']): readonly string[] {
  if (answer?.$case !== 'fileDescriptorResponse') throw new Error(JSON.stringify(answer));
  return answer.value.fileDescriptorProto.map((bytes) => fromBinary(FileDescriptorProtoSchema, bytes).name);
}

test('a file is found by its name, by what it declares, and by a call of its service, with all that it imports', async () => {
  const answers = await ask(
    { $case: 'fileByFilename', value: TESTING },
    { $case: 'fileContainingSymbol', value: 'shop.testing.v1.ReadRequest' },
    { $case: 'fileContainingSymbol', value: 'shop.testing.v1.TestingService' },
    { $case: 'fileContainingSymbol', value: 'shop.testing.v1.TestingService.Read' },
  );
  const whole = [TESTING, 'buf/validate/validate.proto', 'google/protobuf/descriptor.proto'];
  expect(answers.map(filesIn)).toEqual([whole, whole, whole, whole]);
});

test('an extension is found by its number, and told of', async () => {
  const containingType = 'google.protobuf.FieldOptions';
  const [file, numbers] = await ask(
    { $case: 'fileContainingExtension', value: { containingType, extensionNumber: 1159 } },
    { $case: 'allExtensionNumbersOfType', value: containingType },
  );
  expect(filesIn(file)).toContain('buf/validate/validate.proto');
  expect(numbers).toMatchObject({ value: { baseTypeName: containingType, extensionNumber: [1159] } });
});

test('what is not known is said to be so, and the stream goes on', async () => {
  const answers = await ask(
    { $case: 'fileByFilename', value: 'shop/none.proto' },
    { $case: 'fileContainingSymbol', value: 'shop.None' },
    {
      $case: 'fileContainingExtension',
      value: { containingType: 'google.protobuf.FieldOptions', extensionNumber: 1 },
    },
    undefined,
    { $case: 'listServices', value: '' },
  );
  expect(answers.map((answer) => answer?.$case)).toEqual([
    ...Array.from({ length: 4 }, () => 'errorResponse'),
    'listServicesResponse',
  ]);
});
