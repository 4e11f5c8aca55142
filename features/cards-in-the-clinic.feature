Feature: Cards in the clinic
  Charts as electronic health records really send them, with clinical drug codes and coded answers, and what the clinician
  who opens the chart, signs the order or plans the discharge must then read. What is not known is never taken for a no.

  Scenario Outline: An order that is dangerous for this person
    Given a clinic's chart: <chart>
    When the clinic signs <order>
    Then its warning card says "<words>"
    And the reason is the rule <rule>

    Examples:
      | chart                                                                  | order               | words                                    | rule                                                |
      | lists: opioid dependence; takes: methadone                             | alprazolam          | Order of Alprazolam                      | opioid-with-sedatives-needs-naloxone                |
      | lists: opioid dependence; takes: methadone                             | naltrexone injection | contraindicated. No naltrexone          | naltrexone-not-with-opioids                         |
      | lists: alcohol dependence; takes: buprenorphine/naloxone               | naltrexone          | contraindicated. No naltrexone           | naltrexone-not-with-opioids                         |
      | lists: alcohol dependence; takes: oxycodone                            | naltrexone          | contraindicated. No naltrexone           | naltrexone-not-with-opioids                         |
      | lists: opioid dependence; lists: pregnancy                             | naltrexone          | contraindicated                          | naltrexone-not-with-opioids                         |
      | lists: alcohol dependence with withdrawal; lists: severe depression    | bupropion           | contraindicated. No bupropion while      | bupropion-not-in-alcohol-or-sedative-withdrawal     |
      | lists: bulimia nervosa                                                 | bupropion           | contraindicated. No bupropion with       | bupropion-not-with-seizures-or-eating-disorder      |
      | lists: epilepsy                                                        | bupropion           | contraindicated. No bupropion with       | bupropion-not-with-seizures-or-eating-disorder      |
      | lists: alcohol dependence; lists: schizophrenia                        | disulfiram          | contraindicated                          | disulfiram-not-in-psychosis-or-severe-heart-disease |
      | takes: methadone; QTc: 480; potassium: 3.3                             | citalopram          | consider sertraline rather               | methadone-prefers-low-qt-antidepressant             |
      | lists: bipolar disorder; PHQ-9: 18                                     | sertraline          | No antidepressant alone                  | antidepressant-alone-not-in-bipolar                 |
      | takes: sertraline                                                      | phenelzine          | No MAO inhibitor beside                  | mao-inhibitor-not-beside-serotonin-medicines-or-stimulants |
      | lists: bipolar disorder; lists: pregnancy                              | valproate           | contraindicated                          | pregnancy-rules-out-valproate                       |
      | lists: schizophrenia; neutrophils: 900                                 | clozapine           | contraindicated. Clozapine is not begun  | clozapine-start-needs-a-neutrophil-count            |
      | takes: lithium; lithium level: 0.7                                     | ibuprofen           | Lithium with an anti-inf                 | lithium-with-medicines-that-raise-it                |

  Scenario Outline: Two orders that are dangerous together, though neither is taken yet
    Given a clinic's chart: <chart>
    When the clinic signs <orders>
    Then its warning card says "<words>"
    And the reason is the rule <rule>

    Examples:
      | chart                    | orders                                | words                           | rule                                                       |
      | nothing                  | oxycodone and alprazolam              | Order of Alprazolam             | opioid-with-sedatives-needs-naloxone                       |
      | nothing                  | oxycodone and gabapentin              | Order of Gabapentin             | gabapentin-with-opioids-sedatives-or-age                   |
      | nothing                  | oxycodone and zolpidem                | Naloxone at hand                | opioid-with-sedatives-needs-naloxone                       |
      | nothing                  | buprenorphine/naloxone and alprazolam | Order of Alprazolam             | opioid-with-sedatives-needs-naloxone                       |
      | takes: alprazolam        | oxycodone                             | Naloxone at hand                | opioid-with-sedatives-needs-naloxone                       |
      | nothing                  | naltrexone and oxycodone              | contraindicated. No naltrexone  | naltrexone-not-with-opioids                                |
      | nothing                  | phenelzine and sertraline             | No MAO inhibitor beside         | mao-inhibitor-not-beside-serotonin-medicines-or-stimulants |
      | nothing                  | bupropion and phenelzine              | No MAO inhibitor beside         | mao-inhibitor-not-beside-serotonin-medicines-or-stimulants |
      | nothing                  | phenelzine and mirtazapine            | No MAO inhibitor beside         | mao-inhibitor-not-beside-serotonin-medicines-or-stimulants |
      | nothing                  | methadone and citalopram              | ECG                             | methadone-with-another-qt-medicine                         |
      | nothing                  | lithium and ibuprofen                 | Order of Lithium                | lithium-proposed-beside-medicines-that-raise-it            |

  Scenario: A draft under the id of another medicine's order hides nothing that is taken
    Given a clinic's chart: lists: alcohol dependence; takes: methadone
    When the clinic has naltrexone signed under the id of the order of methadone
    Then its warning card says "contraindicated. No naltrexone"
    And the reason is the rule naltrexone-not-with-opioids

  Scenario: A draft under the id of the same medicine's order stands in its place
    Given a clinic's chart: takes: phenelzine
    When the clinic has phenelzine signed under the id of the order of phenelzine
    Then no card of the clinic is a warning or worse

  Scenario: An MAO inhibitor alone is no pair
    Given a clinic's chart: nothing
    When the clinic signs phenelzine
    Then no card of the clinic is a warning or worse

  Scenario Outline: An order that nobody can clear yet says that it is not known
    Given a clinic's chart: <chart>
    When the clinic signs <order>
    Then its <indicator> card says "<words>"
    And the reason is the rule <rule>

    Examples:
      | chart                           | order       | indicator | words                                | rule                                          |
      | lists: alcohol dependence       | naltrexone  | warning   | contraindicated until this is known  | naltrexone-not-with-opioids                   |
      | lists: alcohol dependence; eGFR: 45 | acamprosate | warning | contraindicated until this is known  | acamprosate-not-with-severe-kidney-disease    |
      | lists: schizophrenia            | clozapine   | warning   | contraindicated until this is known  | clozapine-start-needs-a-neutrophil-count      |
      | lists: bipolar disorder         | valproate   | info      | contraindications could not be ruled out | pregnancy-rules-out-valproate             |
      | took: fluoxetine                | phenelzine  | info      | contraindications could not be ruled out | mao-inhibitor-waits-after-fluoxetine-and-others |
      | PHQ-9: 18                       | sertraline  | warning   | take care until this is known        | antidepressant-needs-a-look-for-past-mania    |

  Scenario Outline: Medicine for opioid use disorder is never refused for the wrong reason
    Given a clinic's chart: lists: opioid dependence; <more>
    When the clinic signs buprenorphine/naloxone
    Then the clinic sees no card

    Examples:
      | more                       |
      | nothing                    |
      | takes: alprazolam          |
      | lists: pregnancy           |
      | lists: alcohol dependence  |

  Scenario Outline: What cannot wait is said first when the chart is opened
    Given a clinic's chart: <chart>
    When the clinic opens the chart
    Then its <indicator> card says "<words>"
    And the reason is the rule <rule>

    Examples:
      | chart                                              | indicator | words                 | rule                                                |
      | PHQ-9: 8; item 9: several days                     | warning   | Same day              | phq9-item9-asks-for-suicide-screen                  |
      | PHQ-9: 2; item 9: several days                     | warning   | Same day              | phq9-item9-asks-for-suicide-screen                  |
      | listed yesterday: suicidal ideation                | warning   | Same day              | a-voiced-worry-about-suicide-is-assessed-today      |
      | C-SSRS intent: yes                                 | critical  | Crisis                | high-suicide-risk-is-a-crisis                       |
      | lists: alcohol dependence with withdrawal          | warning   | Same day              | alcohol-withdrawal-needs-a-clinician-today          |
      | takes: methadone; QTc: 512; lists: opioid dependence | warning | Same day              | methadone-with-qtc-500-or-more                      |
      | takes: lithium; lithium level: 1.6                 | warning   | Same day              | lithium-level-high                                  |
      | listed yesterday: fentanyl poisoning; lists: opioid dependence | warning | Same day      | overdose-asks-about-intent                          |

  Scenario Outline: What is offered when the chart is opened
    Given a clinic's chart: <chart>
    When the clinic opens the chart
    Then its info card says "<offered>"
    And no card offers <withheld>

    Examples:
      | chart                                                          | offered                                | withheld    |
      | lists: opioid dependence; lists: pregnancy                     | Buprenorphine for opioid use disorder  | Naltrexone  |
      | listed yesterday: fentanyl poisoning; lists: opioid dependence | Naloxone at hand                       | Naltrexone  |
      | born: 2010-03-01; lists: opioid dependence                     | Services for young people              | Naltrexone  |
      | takes: methadone; takes: alprazolam; lists: opioid dependence  | Naloxone at hand                       | Remove      |
      | takes: methadone; QTc: 512; lists: opioid dependence           | ECG with QTc                           | Remove      |
      | lists: cocaine dependence; lists: opioid dependence            | Naloxone at hand                       | Naltrexone  |

  Scenario: A negative answer of last year clears nothing
    Given a clinic's chart: lists: opioid dependence; item 9 last year: not at all
    When the clinic opens the chart
    Then its warning card says "Same day"
    And a card offers Suicide screen and risk assessment

  Scenario: Suicidal thoughts listed last year are asked about again
    Given a clinic's chart: listed last year: suicidal ideation
    When the clinic opens the chart
    Then its info card says "Please do the C-SSRS screener"

  Scenario Outline: The level of a suicide screen counts, whatever its answers say, and a low one clears nothing
    Given a clinic's chart: C-SSRS level: <level>; item 9: <item 9>
    When the clinic opens the chart
    Then its <indicator> card says "<words>"

    Examples:
      | level    | item 9       | indicator | words    |
      | High     | not at all   | critical  | Crisis   |
      | Moderate | not at all   | warning   | Same day |
      | Low      | several days | warning   | Same day |

  Scenario: A screening result that is not understood is said, and not passed over
    Given a clinic's chart: C-SSRS level: raised
    When the clinic opens the chart
    Then its info card says "Not judged in full"

  Scenario: A result that could not be placed in time is said, and not passed over
    Given a clinic's chart: item 9 last year: not at all; item 9 without a date: nearly every day
    When the clinic opens the chart
    Then its info card says "Not judged in full"

  Scenario: An order that nobody understands is said, and raises no alarm about what it could be
    Given a clinic's chart: takes: methadone
    When the clinic signs something unheard of
    Then its info card says "Not judged in full"
    And no card of the clinic is a warning or worse

  Scenario: Somebody of whom nothing speaks for a risk is not made an alarm
    Given a clinic's chart: lists: hypertension
    When the clinic opens the chart
    Then no card of the clinic is a warning or worse

  Scenario: After a poisoning the next contact is planned before discharge
    Given a clinic's chart: listed yesterday: fentanyl poisoning; lists: opioid dependence
    When the clinic discharges the person
    Then its warning card says "Same day"
    And a card offers Draft the follow-up: contact within 24 h

  Scenario: A first visit on day nine is too late
    Given a clinic's chart: listed yesterday: fentanyl poisoning; lists: opioid dependence
    When the clinic books the next visit for 2026-11-29
    Then its warning card says "later than the next contact should be"
