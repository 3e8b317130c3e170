import type { FamilyWords } from './shapes.ts';

const FREE = 'recent cluster cluster_name kubernetes all report party check monitor analyze asks is monthly';

/** Seed 242 to 270; ledger R142 to R160. */
export const monthly: FamilyWords = {
  words: {
    division: {
      en: 'division review, division performance, division report, division performance review, division performance report, division metrics, monthly division review, review of the division, review the division, divisions performance, our division, gm performance',
      de: 'divisionsbericht, abteilungsbericht',
      fr: 'revue de la division',
      es: 'revision de la division',
    },
    kpi: {
      en: 'kpi, kpis, performance report, performance review, monthly review, monthly report, success metrics, cluster uptime, uptime, node availability, pod success rate, deployment frequency, budget efficiency, monthly performance review, monthly performance report, monthly division report',
      de: 'monatsbericht, kennzahlen',
      es: 'informe mensual, revision mensual',
      fr: 'rapport mensuel, revue mensuelle',
    },
    releases: {
      en: 'releases, upstream releases, kubernetes releases, upstream kubernetes releases, new versions, new releases, available versions, available upgrades, newer, newer version, newer versions, newer release, newer releases, newer kubernetes release, newer kubernetes version, version planning, kubernetes version planning, upgrade schedule, upgrade windows, upgrade calendar, upgrade path, upgrade roadmap, versions available, upgrades available, kubernetes versions available, end of life, eol, upgrade readiness, which versions, upgrade planning, kubernetes upgrade schedule, kubernetes upgrade planning, kubernetes upgrade path, new kubernetes versions, new kubernetes releases, available kubernetes versions, versionsplanung',
    },
    available: { en: 'available, released', de: 'verfugbar', es: 'disponibles', fr: 'disponibles' },
    versions: { en: 'versions, node versions, kubelet versions, talos versions, kubernetes versions, os versions' },
    capacity: {
      en: 'capacity, headroom, cluster capacity, free capacity, spare capacity, capacity planning, capacity plan, remaining capacity, room, space left, enough room, full, how full, used up, left',
      de: 'kapazitat, kapazitatsplanung, kapazitaten',
      es: 'capacidad',
      fr: 'capacite, capacites',
    },
    forecast: {
      en: 'forecast, forecasts, forecasting, capacity forecast, projection, predict, growth, growth trends, growth trend, trend, trends, run out of, running out of, running out, run out of capacity, how many nodes do we need, how many nodes will we need, how many workers do we need, how many workers will we need, node scaling requirements, scaling requirements, enough capacity, enough nodes, do we have enough capacity, do we have enough nodes, when will we run out of, will we run out of',
      de: 'prognose, wachstum',
      es: 'pronostico, prevision, crecimiento',
      fr: 'prevision de, previsions, croissance',
    },
  },
  rules: [
    {
      family: 'division_review',
      disrupts: false,
      patterns: [
        'division',
        'kpi',
        'division month',
        'kpi month',
        'monthly division',
        'monthly kpi',
        'division kpi',
        'look division',
        'look kpi',
        'division report',
        'look division monthly',
        'division report month',
      ],
      allows: `${FREE} division kpi month create write plan`,
    },
    {
      family: 'version_planning',
      disrupts: false,
      patterns: [
        'releases',
        'look releases',
        'plan releases',
        'plan upgrade',
        'plan upgrade kubernetes',
        'plan releases kubernetes',
        'releases version_number',
        'look versions available',
        'look available upgrade',
        'look versions available kubernetes',
        'look versions kubernetes',
        'plan releases upgrade',
      ],
      allows: `${FREE} releases available plan upgrade version_number to monthly versions latest create write party`,
    },
    {
      family: 'capacity_planning',
      disrupts: false,
      patterns: [
        'capacity',
        'forecast',
        'look capacity',
        'plan capacity',
        'capacity forecast',
        'look forecast',
        'monthly capacity',
        'forecast resources',
        'capacity resources',
        'look capacity resources',
        'look forecast resources',
        'plan capacity cluster',
        'look capacity cluster_name',
      ],
      allows: `${FREE} capacity forecast plan resources node worker pods create write daily`,
    },
  ],
};
