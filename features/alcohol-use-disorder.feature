Feature: Alcohol use disorder
  Naltrexone and acamprosate come first, each after its own checks. What rules one out brings the next; when everything is
  ruled out, psychosocial treatment goes on and a specialist is asked. Depression, anxiety and trauma are treated meanwhile.

  Rule: Naltrexone, and what must be known before it

    Background:
      Given a person of 47 in outpatient care
      And alcohol use disorder is active, moderate
      And the C-SSRS was answered no throughout

    @S1-04 @S1-12 @T37
    Scenario: Everything that must be known is known
      Given no opioid by history, medication list and urine test
      And lab.alt_uln is 1.2 times the upper limit
      And lab.ast_uln is 1.1 times the upper limit
      And the condition list was reviewed today
      When the intake team asks for a recommendation
      Then naltrexone is recommended soon because of "naltrexone-for-alcohol-use-disorder"
      And no caution stands beside naltrexone
      And instead of naltrexone it offers topiramate and gabapentin

    @S1-04 @T36 @T37
    Scenario: Nobody has asked about opioids
      When the intake team asks for a recommendation
      Then naltrexone is withheld because of "naltrexone-not-with-opioids", as a precaution
      And it asks for opioid.days_since_last_use and a review of the medication list

    @S1-04 @V08 @T36
    Scenario: On buprenorphine, and asking for naltrexone
      Given opioid use disorder is in remission
      And naltrexone is proposed
      And the medication list was reviewed yesterday and holds buprenorphine
      And lab.crcl is 80 mL/min
      When the intake team asks for a recommendation
      Then naltrexone is withheld because of "naltrexone-not-with-opioids"
      And instead of naltrexone it offers acamprosate, topiramate and gabapentin
      And acamprosate is recommended soon
      And topiramate and gabapentin are recommended as routine because of "second-line-alcohol-medicines"
      And a caution stands beside gabapentin because of "gabapentin-with-opioids-sedatives-or-age"
      And naltrexone is sought because it is recommended and proposed
      And buprenorphine is recommended

    @S1-04 @V08 @T36
    Scenario Outline: Any opioid rules naltrexone out
      Given <opioid>
      And lab.crcl is 80 mL/min
      When the intake team asks for a recommendation
      Then naltrexone is withheld because of "naltrexone-not-with-opioids"
      And acamprosate is recommended

      Examples:
        | opioid                               |
        | buprenorphine is taken               |
        | buprenorphine naloxone is taken      |
        | methadone is taken                   |
        | oxycodone is taken                   |
        | tramadol is taken                    |
        | kratom is taken                      |
        | tox.fentanyl is yes                  |
        | tox.methadone is yes                 |
        | opioid.days_since_last_use is 6 days |

    @S1-04 @T14 @T36
    Scenario Outline: Ten days without opioids are asked for
      Given no opioid by history, medication list and urine test
      And opioid.days_since_last_use is <days> days now
      When the intake team asks for a recommendation
      Then "naltrexone-after-short-acting-opioids" <state>
      And naltrexone is <outcome>

      Examples:
        | days | state         | outcome     |
        | 9    | holds         | withheld    |
        | 10   | does not hold | recommended |

    @S1-04 @T36
    Scenario Outline: Fourteen days after methadone or buprenorphine
      Given no opioid by history, medication list and urine test
      And methadone is stopped, last <days> days ago
      When the intake team asks for a recommendation
      Then "naltrexone-after-opioid-agonist-treatment" <state>
      And naltrexone is <outcome>

      Examples:
        | days | state         | outcome     |
        | 13   | holds         | withheld    |
        | 14   | does not hold | recommended |

    @S1-04 @T14
    Scenario Outline: Liver tests
      Given no opioid by history, medication list and urine test
      And the condition list was reviewed today
      And lab.alt_uln is <alt> times the upper limit
      And lab.ast_uln is 1 times the upper limit
      When the intake team asks for a recommendation
      Then naltrexone is <outcome>
      And "naltrexone-with-raised-liver-enzymes" <raised>
      And "naltrexone-not-with-very-high-liver-enzymes" <very high>

      Examples:
        | alt | outcome     | raised        | very high     |
        | 2.9 | recommended | does not hold | does not hold |
        | 3.0 | recommended | holds         | does not hold |
        | 5.0 | recommended | holds         | does not hold |
        | 5.1 | withheld    | holds         | holds         |

    @S1-04 @T41
    Scenario: Liver failure rules naltrexone out, and favours others
      Given no opioid by history, medication list and urine test
      And cirrhosis decompensated is active
      And lab.crcl is 90 mL/min
      When the intake team asks for a recommendation
      Then naltrexone is withheld because of "naltrexone-not-in-liver-failure"
      And acamprosate and gabapentin are recommended because of "liver-disease-favours-other-alcohol-medicines"
      And acamprosate is not withheld

  Rule: Acamprosate follows the kidneys, by creatinine clearance and nothing else

    Background:
      Given a person of 47 in outpatient care
      And alcohol use disorder is active, moderate
      And alcohol.current_use is no

    @S1-04 @V09 @V10 @T14
    Scenario Outline: 30 is ruled out, 50 is the lower dose
      Given lab.crcl is <clearance> mL/min
      When the intake team asks for a recommendation
      Then acamprosate is <outcome>
      And "acamprosate-not-with-severe-kidney-disease" <ruled out>
      And "acamprosate-lower-dose-with-kidney-disease" <lower dose>

      Examples:
        | clearance | outcome     | ruled out     | lower dose    |
        | 29.9      | withheld    | holds         | does not hold |
        | 30.0      | withheld    | holds         | does not hold |
        | 30.1      | recommended | does not hold | holds         |
        | 50.0      | recommended | does not hold | holds         |
        | 50.1      | recommended | does not hold | does not hold |

    @S1-04 @V10
    Scenario: At a clearance of 50 the label's lower dose is named
      Given lab.crcl is 50.0 mL/min
      When the intake team asks for a recommendation
      Then acamprosate is recommended
      And a caution stands beside acamprosate that says "333 mg three times a day" because of "acamprosate-lower-dose-with-kidney-disease"

    @S1-04 @V11 @T13
    Scenario: An eGFR of 45 does not stand in for the clearance
      Given lab.egfr is 45 mL/min/{1.73_m2}
      When the intake team asks for a recommendation
      Then acamprosate is withheld because of "acamprosate-not-with-severe-kidney-disease", as a precaution
      And it asks for lab.crcl

    @S1-04
    Scenario: Somebody who still drinks begins acamprosate after stopping
      Given alcohol.current_use is yes now
      And the medication list was reviewed today
      And lab.crcl is 90 mL/min
      When the intake team asks for a recommendation
      Then acamprosate is recommended
      And a caution stands beside acamprosate because of "acamprosate-begins-after-drinking-stops"

  Rule: Disulfiram

    Background:
      Given a person of 47 in outpatient care
      And alcohol use disorder is active, severe
      And disulfiram is proposed

    @S1-04 @V12 @T42
    Scenario: Schizophrenia, and the wish for disulfiram
      Given psychosis is active
      And no opioid by history, medication list and urine test
      And lab.crcl is 90 mL/min
      And alcohol.hours_since_last_drink is 200 hours
      When the intake team asks for a recommendation
      Then disulfiram is withheld because of "disulfiram-not-in-psychosis-or-severe-heart-disease"
      And naltrexone and acamprosate are recommended soon
      And instead of disulfiram it offers naltrexone and acamprosate

    @S1-04 @T14 @T42
    Scenario Outline: Twelve hours after alcohol
      Given alcohol.hours_since_last_drink is <hours> hours
      When the intake team asks for a recommendation
      Then "disulfiram-not-within-12-hours-of-alcohol" <state>

      Examples:
        | hours | state             |
        | 12    | holds             |
        | 12.5  | cannot be settled |

    @S1-04 @T42
    Scenario Outline: What rules disulfiram out
      Given <reason>
      When the intake team asks for a recommendation
      Then disulfiram is withheld because of "<rule>"

      Examples:
        | reason                           | rule                                                |
        | psychosis.current is yes         | disulfiram-not-in-psychosis-or-severe-heart-disease |
        | severe cardiac disease is active | disulfiram-not-in-psychosis-or-severe-heart-disease |
        | metronidazole is taken           | disulfiram-not-with-metronidazole                   |
        | alcohol.intoxicated_now is yes   | disulfiram-not-within-12-hours-of-alcohol           |
        | seizure disorder is active       | disulfiram-needs-specialist-advice                  |
        | liver disease is active          | disulfiram-needs-specialist-advice                  |

  Rule: When the first choices are ruled out, something is always offered

    @S1-04 @S1-12 @V46
    Scenario: Every medicine is ruled out
      Given a woman of 31 in outpatient care
      And alcohol use disorder is active, severe
      And she is pregnant
      And the medication list was reviewed today and holds methadone
      And lab.crcl is 20 mL/min
      And psychosis is active
      And disulfiram is proposed
      When the intake team asks for a recommendation
      Then naltrexone, acamprosate, topiramate and disulfiram are withheld
      And it also calls for a contact within 7 days by a prescriber (E2) because of "specialist-when-first-choices-are-ruled-out"
      And addiction-specialist-consultation, motivational-interviewing and cbt are recommended soon
      And naltrexone, acamprosate, topiramate and disulfiram are not offered instead of disulfiram

    @S1-04 @T51
    Scenario: Gabapentin is not harmless
      Given a person of 70 in outpatient care
      And alcohol use disorder is active, severe
      And the medication list was reviewed today and holds oxycodone
      And lab.crcl is 40 mL/min
      When the intake team asks for a recommendation
      Then a caution stands beside gabapentin because of "gabapentin-with-opioids-sedatives-or-age"
      And a caution stands beside gabapentin that says "30 to 59, 400 to 1400 mg" because of "gabapentin-dose-follows-the-kidneys"
      And naloxone is recommended

    @S1-04 @T14 @T87
    Scenario Outline: Gabapentin from 65 years on
      Given a person of <age> in outpatient care
      And alcohol use disorder is active, severe
      And no opioid by history, medication list and urine test
      When the intake team asks for a recommendation
      Then "gabapentin-with-opioids-sedatives-or-age" <state>

      Examples:
        | age | state         |
        | 64  | does not hold |
        | 65  | holds         |

    @S1-04 @T57
    Scenario Outline: Topiramate, and a pregnancy that nobody asked about
      Given a woman of 31 in outpatient care
      And alcohol use disorder is active, severe
      And topiramate is proposed
      And <pregnancy>
      When the intake team asks for a recommendation
      Then "topiramate-not-in-pregnancy" <state>

      Examples:
        | pregnancy                       | state             |
        | need.transport is no            | cannot be settled |
        | she is pregnant                 | holds             |
        | she is not pregnant             | does not hold     |
        | she is not pregnant 40 days ago | cannot be settled |

  Rule: The mental disorder is treated at the same time

    @S1-01 @S1-04 @S2-04 @T44 @T61
    Scenario: Alcohol use disorder with depression, still drinking
      Given a person of 47 in outpatient care
      And alcohol use disorder is active, moderate
      And the PHQ-9 was answered 2, 2, 2, 2, 1, 1, 1, 1, 0
      And alcohol.current_use is yes
      And no opioid by history, medication list and urine test
      When the intake team asks for a recommendation
      Then ssri and cbt are recommended soon because of "depression-treated-with-alcohol-use-disorder"
      And naltrexone is recommended soon because of "depression-treated-with-alcohol-use-disorder"

    @S1-01 @S1-04 @T61
    Scenario Outline: Alcohol use disorder with anxiety
      Given a person of 47 in outpatient care
      And alcohol use disorder is active, moderate
      And the condition list was reviewed today
      And the GAD-7 total is <total>
      When the intake team asks for a recommendation
      Then "anxiety-treated-with-alcohol-use-disorder" <state>

      Examples:
        | total | state         |
        | 9     | does not hold |
        | 10    | holds         |

    @S1-01 @S1-03 @V30 @T61
    Scenario: Trauma, and still drinking two days a week
      Given a person of 47 in outpatient care
      And alcohol use disorder is active, moderate
      And PTSD is active
      And alcohol.current_use is yes
      And alcohol.stopping_now is no
      And use.days_last_30 is 9
      And the C-SSRS was answered no throughout
      When the intake team asks for a recommendation
      Then trauma-focused-therapy is recommended soon because of "trauma-treated-with-alcohol-use-disorder"
      And no caution stands beside trauma-focused-therapy

    @S1-04
    Scenario: A benzodiazepine is no treatment of anxiety here
      Given a person of 47 in outpatient care
      And alcohol use disorder is active, moderate
      And anxiety is active, moderate
      And lorazepam is proposed
      When the intake team asks for a recommendation
      Then ssri, snri and cbt are recommended because of "anxiety-treated-with-alcohol-use-disorder"
      And a caution stands beside benzodiazepine because of "benzodiazepine-proposed-where-risk-is-high"

    @S1-04
    Scenario: Duloxetine is not the one to choose
      Given a person of 47 in outpatient care
      And alcohol use disorder is active, moderate
      And anxiety is active, moderate
      When the intake team asks for a recommendation
      Then a caution stands beside snri that says "Not duloxetine" because of "duloxetine-not-with-alcohol-or-liver-disease"

  Rule: Screens find what nobody told

    @S1-02 @V47 @T12
    Scenario: AUDIT-C 3, and the sex parameter is not recorded
      Given a person of 47 in outpatient care
      And the AUDIT-C was answered 1, 1, 1
      When the intake team asks for a recommendation
      Then comprehensive-assessment is recommended soon because of "positive-audit-c-asks-for-assessment"
      And it asks for patient.sex and the AUDIT

    @S1-02 @V47 @T12
    Scenario: The same three points of a man
      Given a man of 47 in outpatient care
      And the AUDIT-C was answered 1, 1, 1
      When the intake team asks for a recommendation
      Then "positive-audit-c-asks-for-assessment" is set aside by "three-points-are-below-the-cut-off-for-men"

    @S1-02 @T12 @T22
    Scenario Outline: AUDIT-C cut-offs
      Given a <who> of 47 in outpatient care
      And the AUDIT-C was answered <answers>
      When the intake team asks for a recommendation
      Then "positive-audit-c-is-unhealthy-use" <state>

      Examples:
        | who   | answers | state         |
        | woman | 1, 1, 0 | does not hold |
        | woman | 1, 1, 1 | holds         |
        | man   | 1, 1, 1 | does not hold |
        | man   | 2, 1, 1 | holds         |
        | man   | 4, 0, 0 | does not hold |

    @S1-02 @T35
    Scenario Outline: An AUDIT of eight asks for an assessment and is no diagnosis
      Given a person of 47 in outpatient care
      And the AUDIT total is <total>
      And the DAST-10 total is 0
      When the intake team asks for a recommendation
      Then "positive-substance-screen-asks-for-a-diagnosis" <state>
      And naltrexone and acamprosate are not recommended

      Examples:
        | total | state         |
        | 7     | does not hold |
        | 8     | holds         |
