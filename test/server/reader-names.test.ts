import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { foldName, isSameName } from '../../server/src/readers/look-alike.js';
import type { Problem, Reader } from '../../src/contract/types.js';
import { databases, openTestServices, type TestServer } from './setup.js';

interface NameCase {
  site: string;
  name: string;
  right: string;
}

const cases = JSON.parse(readFileSync(new URL('fixtures/names.json', import.meta.url), 'utf8')) as NameCase[];

describe.each(databases)('reader names on %s', (kind) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await openTestServices(kind);
    for (const name of ['Nguyễn Thu Hà', 'Paul Nguyen', 'Lan', 'Ian']) {
      const { reader } = await server.services.readers.addGuest('paper', name);
      await server.services.readers.setBadges(reader.id, ['staff']);
    }
  });
  afterAll(() => server.close());

  const create = (name: string) => server.ask('/readers', { method: 'POST', json: { name } });
  const nameOf = async (answer: Response) => ((await answer.json()) as { reader: Reader }).reader.name;

  test.each([
    ...['Admin', 'АDMIN', 'аdmіn', 'Ａｄｍｉｎ', 'Ad\u200Bmin', 'Ádmin', 'ADMlN', 'ADM1N', 'Adm|n', 'admın', '𝐀𝐝𝐦𝐢𝐧'],
    ...['A d m i n', 'A.D.M.I.N', 'Admin\u3164', '[Admin] Tuấn', 'Mod', 'Official'],
    ...['Biên tập', 'Biên tâ\u0323p', 'BIÊN TẬP', 'bien tap', 'Biên tap', 'Biên tập viên', 'Ban Biên Tập', 'BiênTập'],
    ...['Tòa soạn', 'TOÀ SOẠN', 'Tøà soạn', 'Toa soan The Paper', 'The Paper', 'Phóng viên Tuấn', 'PV Tuấn', 'Nhà báo'],
    ...['Quản trị viên', 'Ban quản trị', 'Điều hành', 'Ðiều hành', 'Kiểm duyệt viên', 'Ban thư ký', 'Chủ bút'],
    ...['Nguyễn Thu Hà', 'nguyen thu ha', 'Nguуễn Thu Hà', 'NguyễnThuHà', 'Nguyễn\u2800Thu Hà', 'Nguyen Thu Hà'],
    ...['Paul Nguyen', 'PauI Nguyen', 'Pau1 Nguyen', 'PAUL NGUYEN', 'PaUI NGUYEN', 'Pauӏ Nguyen', 'Paul Nguyễn'],
    ...['Adмin', 'Adμin', 'Admiν', 'ᴀᴅᴍɪɴ', 'Adrnin', 'вiên tập', 'тhе рареr', 'Pаuǀ Νguуen', 'Nguyễn Thu Hа\u0300'],
    ...['Lan', 'lan', 'LAN', 'Ian'],
  ])('that imitate the newsroom are refused: %s', async (name) => {
    const answer = await create(name);
    expect([answer.status, ((await answer.json()) as Problem).code]).toEqual([422, 'name-reserved']);
    const token = await server.guest('Minh');
    expect((await server.ask('/readers/me', { method: 'PATCH', token, json: { name } })).status).toBe(422);
  });

  test.each([
    ...['Admiral', 'Thu Hà', 'Badminton', 'Đỗ Minh', 'Иван', '李雷', 'Paper', '🙂', 'Modesty', 'Stafford'],
    ...['Nguyễn Thu Hạ', 'Nguyễn Quân Trí', 'Nguyễn Phong Viễn', 'Lân', 'Lần', 'Lan Anh'],
  ])('of readers are accepted: %s', async (name) => {
    const answer = await create(name);
    expect([answer.status, await nameOf(answer)]).toEqual([201, name]);
  });

  test.each([
    ...[
      '',
      ' ',
      '\u2800',
      '\u200D',
      '\u200D\u200C',
      '\u3164',
      '\u115F',
      '\uFFA0',
      '\u00AD',
      '\u034F',
      '\uFE0F',
      '\u180E',
    ],
    ...['\u{E0020}', '\u{1D159}', '\u0301', '\u2800\u200D \u3164', '\uE000', '\u202E'],
  ])('of which nothing is visible are those of a guest without a name: %j', async (name) => {
    const answer = await create(name);
    expect([answer.status, await nameOf(answer)]).toEqual([201, '']);
  });

  test('keep blank characters as one space', async () => {
    expect(await nameOf(await create('\u2800Thu\u2800\u3164Minh\u115F'))).toBe('Thu Minh');
  });

  // Rules of comments look at names, too: see comments-rules.test.ts.
  test.each(cases.filter(({ site }) => !site.startsWith('rules')))('of $site are $right: $name', async (each) => {
    const site = each.site.startsWith('any') ? server.site : { ...server.site, name: each.site };
    const accepted = server.services.readerNames.accept(each.name, site);
    if (each.right.startsWith('422')) await expect(accepted).rejects.toMatchObject({ code: 'name-reserved' });
    else expect(await accepted).toBe(each.right.startsWith('accepted') ? each.name : '');
  });

  test('of a marked site are other words with other tones, but the same without any marks', async () => {
    const site = { ...server.site, name: 'Văn Hóa' };
    const { readerNames } = server.services;
    for (const name of ['Phạm Văn Hòa', 'Phạm Văn Hoa', 'Văn Hoà', 'Van Hoang'])
      expect(await readerNames.accept(name, site)).toBe(name);
    for (const name of ['Văn Hóa', 'Báo Văn Hoá', 'VĂN HÓA', 'Van Hoa', 'Bao Van Hoa'])
      await expect(readerNames.accept(name, site)).rejects.toMatchObject({ code: 'name-reserved' });
  });

  test('of staff may be kept by their owners', async () => {
    const token = await server.guest('Thu Minh');
    const { id } = (await (await server.ask('/readers/me', { method: 'PATCH', token, json: {} })).json()) as Reader;
    await server.services.readers.setBadges(id, ['staff']);
    const answer = await server.ask('/readers/me', { method: 'PATCH', token, json: { name: 'Thu Minh' } });
    expect(answer.status).toBe(200);
  });
});

describe('look-alike names', () => {
  const isSame = (name: string, other: string) => isSameName(foldName(name), foldName(other), 'own');

  test('take I, l and 1 for one another, and no other case of i and l', () => {
    for (const [name, other] of [
      ['PauI', 'Paul'],
      ['ADMlN', 'admin'],
      ['1an', 'Ian'],
      ['lan', 'Ian'],
    ] as const)
      expect([name, isSame(name, other), isSame(other, name)]).toEqual([name, true, true]);
    expect(isSame('Paui', 'PauL')).toBe(false);
    expect(isSame('Lan', 'ian')).toBe(false);
  });

  test('compare Vietnamese marks, wherever the tone is written, and ignore marks of other languages', () => {
    expect(isSame('Hoà', 'Hòa')).toBe(true);
    expect(isSame('Hòa', 'Hóa')).toBe(false);
    expect(isSame('Do', 'Đo')).toBe(false);
    expect(isSame('Ðo', 'Đo')).toBe(true);
    expect(isSame('Zïng', 'Zing')).toBe(true);
  });
});
