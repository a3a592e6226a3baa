/** What the site may choose from: option lists, categories of the calendar, fields of its own forms. */
import type { Desk, Shares } from './desk.ts';
import { someNumber, someText } from './dirt.ts';
import { Recent } from './recent.ts';

type Option = Readonly<{ list_id: string; option_id: string }>;

/** Of the lists that an installation begins with. */
const USED: readonly Option[] = [
  { list_id: 'sex', option_id: 'Female' },
  { list_id: 'marital', option_id: 'married' },
  { list_id: 'language', option_id: 'german' },
  { list_id: 'race', option_id: 'Asian' },
  { list_id: 'ethnicity', option_id: 'hisp_or_latin' },
  { list_id: 'religion', option_id: 'catholicism' },
  { list_id: 'apptstat', option_id: '@' },
  { list_id: 'apptstat', option_id: '?' },
  { list_id: 'drug_form', option_id: '2' },
  { list_id: 'drug_units', option_id: '1' },
  { list_id: 'drug_route', option_id: '1' },
  { list_id: 'drug_interval', option_id: '18' },
  { list_id: 'occurrence', option_id: '1' },
  { list_id: 'outcome', option_id: '1' },
  { list_id: 'reaction', option_id: 'hives' },
  { list_id: 'severity_ccda', option_id: 'mild' },
  { list_id: 'us-core-provider-specialty', option_id: '207RC0000X' },
];

export function optionActs(): Shares {
  const added = new Recent<Option>();
  return [
    [3, (desk) => add(desk, added)],
    [3, (desk) => change(desk, added)],
    [1, (desk) => rename(desk, added)],
    [1, (desk) => remove(desk, added)],
    [1, addCategory],
    [2, changeCategory],
    [1, removeCategory],
    [3, changeLayout],
    [1, moveFolder],
  ];
}

/** `site1` is what rows name that were written with an option which was never there, or not yet. */
function add(desk: Desk, added: Recent<Option>): string[] {
  const { ids, random, sql } = desk;
  const { list_id } = random.pick(USED);
  const seq = ids.next('list_options');
  const option_id = random.percent(10) ? 'site1' : `site${seq}`;
  added.add({ list_id, option_id });
  return sql.insertUnlessTaken('list_options', {
    list_id,
    option_id,
    title: someText(random, ['Of the site', 'Eigene Auswahl']),
    seq,
    is_default: 0,
    codes: random.pick(['', 'SNOMED-CT:1234567', 'not a code']),
    toggle_setting_1: Number(random.percent(20)),
    toggle_setting_2: Number(random.percent(20)),
    activity: 1,
  });
}

function change({ random, sql }: Desk, added: Recent<Option>): string[] {
  const option = some(random.percent(50) ? added.pick(random) : undefined, random.pick(USED));
  const changes = random.pick([
    { title: someText(random, ['Renamed', 'Umbenannt']) },
    { activity: random.below(2) },
    { codes: random.pick(['', 'CDCREC:2106-3']), toggle_setting_1: random.below(2) },
  ]);
  return sql.update('list_options', option, changes);
}

/** What rows have chosen is then no option any more. */
function rename({ ids, random, sql }: Desk, added: Recent<Option>): string[] {
  const option = some(random.percent(80) ? added.take(random) : undefined, random.pick(USED));
  const renamed = { ...option, option_id: `site${ids.next('list_options')}` };
  added.add(renamed);
  return sql.updateUnlessTaken('list_options', option, { option_id: renamed.option_id });
}

function remove({ random, sql }: Desk, added: Recent<Option>): string[] {
  return sql.delete(
    'list_options',
    some(random.percent(80) ? added.take(random) : undefined, random.pick(USED)),
  );
}

function some(option: Option | undefined, otherwise: Option): Option {
  return option ?? otherwise;
}

function addCategory({ ids, random, sql }: Desk): string[] {
  const pc_catid = ids.next('openemr_postcalendar_categories');
  return sql.insert('openemr_postcalendar_categories', {
    pc_catid,
    pc_constant_id: `site_${pc_catid}`,
    pc_catname: someText(random, ['Impfung', 'Video Visit']),
    pc_catcolor: '#CCFFFF',
    pc_catdesc: '',
    pc_duration: random.pick([0, 900, 1800]),
    pc_cattype: random.pick([0, 0, 0, 1, 3]),
    pc_active: 1,
    pc_seq: pc_catid,
  });
}

/** Of another kind it makes blocks of appointments, and appointments of blocks. */
function changeCategory({ ids, random, sql }: Desk): string[] {
  const own = ids.own('openemr_postcalendar_categories');
  const pc_catid =
    random.percent(50) && own !== undefined ? own : ids.known('openemr_postcalendar_categories');
  const changes = random.pick([
    { pc_catname: someText(random, ['Renamed', 'Umbenannt']) },
    { pc_duration: someNumber(random, 1200), pc_active: random.below(2) },
    { pc_catcolor: '#FFCCFF', pc_catdesc: someText(random, ['']) },
    ...(own === pc_catid ? [{ pc_cattype: random.pick([0, 1, 2, 3]) }] : []),
  ]);
  return sql.update('openemr_postcalendar_categories', { pc_catid }, changes);
}

function removeCategory({ ids, random, sql }: Desk): string[] {
  const own = ids.own('openemr_postcalendar_categories');
  const pc_catid = own ?? (random.percent(20) ? 14 : 777);
  return sql.delete('openemr_postcalendar_categories', { pc_catid });
}

/** A folder of the documents, into another one or out of it. */
function moveFolder({ ids, random, sql }: Desk): string[] {
  const id = 2 + random.below(Math.max(1, ids.known('categories') - 1));
  const lft = random.below(9);
  return sql.update('categories', { id }, { lft, rght: lft + 1 + random.below(4) });
}

/** A field of a form of the site's own: its title, or what its values mean. */
function changeLayout({ ids, random, sql }: Desk): string[] {
  const own = ids.own('layout_options');
  const key = { form_id: 'LBFsite', field_id: `field${own ?? 1}` };
  if (own !== undefined && random.percent(20)) return sql.delete('layout_options', key);
  if (own !== undefined && random.percent(50))
    return sql.update('layout_options', key, { title: 'Renamed', data_type: random.pick([2, 21, 22, 1]) });
  const seq = ids.next('layout_options');
  return sql.insert('layout_options', {
    form_id: 'LBFsite',
    field_id: `field${seq}`,
    title: someText(random, ['Of the site']),
    seq,
    data_type: random.pick([1, 2, 21, 22, 28]),
    source: 'F',
  });
}
