import { anOperationsPage, words } from './operations.fixture';

/** What the page says of who is online. */
async function online(roles?: readonly string[]) {
  const { page, gateway, stable } = await anOperationsPage({ ...(roles && { roles }) });
  const line = () => page.querySelector('harmonia-online-people');
  const come = async (...others: readonly string[]) => {
    gateway.online(...others);
    await stable();
  };
  return { come, gateway, stable, said: () => words(line()?.querySelector('span')), button: () => line()?.querySelector('button') };
}

describe('OnlinePeople', () => {
  it('[P3] counts and names who is online, as they come and go', async () => {
    const { come, said, button } = await online();
    expect([said(), button() ?? null]).toEqual(['Only you are online', null]);
    await come('grace', 'ben');
    expect([said(), button()?.title]).toEqual(['3 people online', '3 people are online: ada, grace, ben']);
    await come('ben');
    expect([said(), button()?.title]).toEqual(['2 people online', '2 people are online: ada, ben']);
  });

  it('[P3] names fifty of a crowd, and counts the others', async () => {
    const { come, said, button } = await online();
    await come(...Array.from({ length: 1_999 }, (_, index) => `user-${index}`));
    expect(said()).toBe('2,000 people online');
    const names = [...(button()?.nextElementSibling?.querySelectorAll('li') ?? [])].map(words);
    expect([names.length, names.at(-1)]).toEqual([51, 'and 1950 more']);
  });

  it('[P3] says nothing to whom the policy does not show it', async () => {
    const stranger = await online([]);
    await stranger.come('grace');
    expect(stranger.said()).toBe('');
  });

  it('says nothing while there is no connection, when nobody tells who goes', async () => {
    const { come, gateway, stable, said } = await online();
    await come('grace');
    gateway.drop();
    await stable();
    expect(said()).toBe('');
  });
});
