Feature: What a record says, and what it does not say
  Only what is true of this person now counts. A value without its unit is no value, an old answer is no answer, and a list
  says "no" only when somebody has closed it. Whatever is not known keeps its reason.

  Rule: Only what is active counts

    @S1-02 @T35
    Scenario Outline: A diagnosis counts while it is active
      Given a person of 50 in outpatient care
      And alcohol use disorder is <status>
      And the condition list was reviewed today
      When the intake team asks for a recommendation
      Then "acamprosate-for-alcohol-use-disorder" <state>

      Examples:
        | status           | state             |
        | active           | holds             |
        | in remission     | does not hold     |
        | ruled out        | does not hold     |
        | entered in error | does not hold     |
        | in the family    | does not hold     |
        | suspected        | cannot be settled |

    @S1-04
    Scenario Outline: A medicine counts while it is taken
      Given a person of 50 in outpatient care
      And opioid use disorder is active
      And <medicine>
      And the medication list was reviewed today
      When the intake team asks for a recommendation
      Then "continue-methadone-treatment" <state>

      Examples:
        | medicine                                               | state         |
        | methadone is taken                                     | holds         |
        | methadone is proposed                                  | does not hold |
        | methadone is stopped, last 30 days ago                 | does not hold |
        | methadone is prescribed but not taken, last 2 days ago | does not hold |

    @S1-02
    Scenario: An entry made in error is named, and not used
      Given a person of 50 in outpatient care
      And psychosis is entered in error
      When the intake team asks for a recommendation
      Then /conditions/0 was not used because it is entered in error

    @S1-02
    Scenario: A relative's illness is not the person's
      Given a person of 50 in outpatient care
      And bipolar disorder is in the family
      And the condition list was reviewed today
      When the intake team asks for a recommendation
      Then "mood-stabiliser-for-bipolar-disorder" does not hold
      And mood-stabiliser is not recommended

    @S1-02 @T16
    Scenario: What the record dates later is not known yet
      Given a person of 50 in outpatient care
      And the record dates lab.crcl 25 mL/min to tomorrow
      When the intake team asks for a recommendation
      Then /findings/0 was not used because it is after as of

  Rule: A list says no only when it is closed

    @S1-02 @T04 @T17
    Scenario Outline: No diagnosis on the list
      Given a person of 50 in outpatient care
      And <list>
      When the intake team asks for a recommendation
      Then "acamprosate-for-alcohol-use-disorder" <state>

      Examples:
        | list                                         | state             |
        | anxiety is active                            | cannot be settled |
        | the condition list was reviewed today        | does not hold     |
        | the condition list was reviewed 180 days ago | does not hold     |
        | the condition list was reviewed 181 days ago | cannot be settled |

    @S1-04 @T04 @T36
    Scenario Outline: No opioid on the medication list
      Given a person of 50 in outpatient care
      And alcohol use disorder is active
      And no opioid by history, medication list and urine test
      And <list>
      When the intake team asks for a recommendation
      Then naltrexone is <outcome>

      Examples:
        | list                                                       | outcome     |
        | the medication list was reviewed 30 days ago               | recommended |
        | the medication list was reviewed 31 days ago               | withheld    |
        | the medication list holds an entry that nobody can read    | withheld    |
        | the medication list was reviewed today and holds oxycodone | withheld    |

    @S1-04
    Scenario: An unreadable medicine is named, and keeps the list open
      Given a person of 50 in outpatient care
      And alcohol use disorder is active
      And the medication list holds an entry that nobody can read
      And the medication list was reviewed today
      When the intake team asks for a recommendation
      Then /medications/0 was not used because it is not understood
      And naltrexone is withheld because of "naltrexone-not-with-opioids", as a precaution
      And it asks for a review of the medication list

    @S1-04
    Scenario: What is on an open list counts all the same
      Given a person of 50 in outpatient care
      And opioid use disorder is active
      And methadone is taken
      When the intake team asks for a recommendation
      Then "continue-methadone-treatment" holds

    @S2-05 @T17
    Scenario Outline: No emergency visit in the record
      Given a person of 50 in outpatient care
      And <list>
      When the intake team asks for a recommendation
      Then "emergency-visit-or-overdose-asks-for-contact-within-72-hours" <state>

      Examples:
        | list                                    | state             |
        | the condition list was reviewed today   | cannot be settled |
        | the event list was reviewed today       | does not hold     |
        | the event list was reviewed 31 days ago | cannot be settled |

    @S1-02
    Scenario: An unknown use of a list is asked for as a review of that list
      Given a person of 50 in outpatient care
      When the intake team asks for a recommendation
      Then it asks for a review of the condition list, a review of the medication list and a review of the event list

  Rule: A number needs its unit

    @S1-04 @T15
    Scenario Outline: Lithium in several units
      Given a person of 50 in outpatient care
      And lab.lithium is <said>
      When the intake team asks for a recommendation
      Then lab.lithium <counts>

      Examples:
        | said        | counts                    |
        | 1.6 mmol/L  | is taken as 1.6           |
        | 1600 umol/L | is taken as 1.6           |
        | 1.6         | counts as unit missing    |
        | 1.6 mg/dL   | counts as unit impossible |
        | 1.6 ms      | counts as unit impossible |
        | 60 mmol/L   | counts as out of range    |

    @S1-04 @T15
    Scenario Outline: A conversion that needs the molar mass, or Fahrenheit
      Given a person of 50 in outpatient care
      And alcohol.stopping_now is yes
      And <finding> is <said>
      When the intake team asks for a recommendation
      Then <finding> is taken as <value>

      Examples:
        | finding           | said         | value |
        | vital.temperature | 102.2 [degF] | 39.0  |
        | vital.temperature | 39.0 Cel     | 39.0  |

    @S1-04 @T15
    Scenario Outline: Days, weeks and hours are not mixed up
      Given a person of 50 in outpatient care
      And alcohol use disorder is active
      And opioid.days_since_last_use is <said>
      When the intake team asks for a recommendation
      Then "naltrexone-after-short-acting-opioids" <state>

      Examples:
        | said  | state             |
        | 9 d   | holds             |
        | 1 wk  | holds             |
        | 2 wk  | does not hold     |
        | 240 h | does not hold     |
        | 216 h | holds             |
        | 9     | cannot be settled |

    @S1-04 @T15
    Scenario: A value without its unit is asked for again
      Given a person of 50 in outpatient care
      And alcohol use disorder is active
      And lab.crcl is 60
      When the intake team asks for a recommendation
      Then acamprosate is withheld because of "acamprosate-not-with-severe-kidney-disease", as a precaution
      And it asks for lab.crcl
      And lab.crcl counts as unit missing

  Rule: Old answers and two voices

    @S1-02 @T04
    Scenario Outline: How long an answer counts
      Given a person of 50 in outpatient care
      And <answer> <when>
      When the intake team asks for a recommendation
      Then <finding> counts as stale

      Examples:
        | answer                            | when         | finding                     |
        | lab.crcl is 60 mL/min             | 181 days ago | lab.crcl                    |
        | alcohol.current_use is yes        | 8 days ago   | alcohol.current_use         |
        | opioid.physically_dependent is no | 8 days ago   | opioid.physically_dependent |
        | need.homelessness is no           | 181 days ago | need.homelessness           |
        | lab.qtc is 420 ms                 | 366 days ago | lab.qtc                     |

    @S1-02
    Scenario: The newest of one source counts
      Given a person of 50 in outpatient care
      And alcohol use disorder is active
      And lab.crcl is 25 mL/min 20 days ago, according to the laboratory
      And lab.crcl is 65 mL/min 2 days ago, according to the laboratory
      When the intake team asks for a recommendation
      Then lab.crcl is taken as 65.0
      And acamprosate is recommended

    @S1-04 @T06 @T37
    Scenario: The person says no opioids, the urine test says fentanyl
      Given a person of 50 in outpatient care
      And alcohol use disorder is active
      And no opioid by history, medication list and urine test
      And tox.fentanyl is yes 1 hour ago, according to the laboratory
      When the intake team asks for a recommendation
      Then naltrexone is withheld because of "naltrexone-not-with-opioids"

    @S1-04 @T06
    Scenario: Two sources on the same day
      Given a person of 50 in outpatient care
      And alcohol use disorder is active
      And no opioid by history, medication list and urine test
      And opioid.physically_dependent is yes 2 hours ago, according to the partner
      And opioid.physically_dependent is no 1 hour ago, according to the patient
      When the intake team asks for a recommendation
      Then opioid.physically_dependent counts as conflicting
      And it asks for opioid.physically_dependent
      And "naltrexone-not-in-opioid-dependence-or-withdrawal" cannot be settled
      And extended-release-naltrexone-oud is not recommended

    @S1-04 @T06
    Scenario: Two laboratories, and the safer reading decides
      Given a person of 50 in outpatient care
      And alcohol use disorder is active
      And lab.crcl is 28 mL/min 3 hours ago, according to one laboratory
      And lab.crcl is 45 mL/min 2 hours ago, according to another laboratory
      When the intake team asks for a recommendation
      Then acamprosate is withheld because of "acamprosate-not-with-severe-kidney-disease", as a precaution
      And lab.crcl counts as conflicting

    @S1-02 @T05
    Scenario Outline: Declined, impossible and never asked stay apart
      Given a person of 50 in outpatient care
      And alcohol use disorder is active
      And lab.crcl <known>
      When the intake team asks for a recommendation
      Then lab.crcl counts as <why>
      And it asks for lab.crcl

      Examples:
        | known                 | why              |
        | was declined          | declined         |
        | could not be assessed | unable to assess |
        | was never asked       | never asked      |

  Rule: Questionnaires, item by item

    @S1-02
    Scenario: Seven items already settle a PHQ-9 of ten or more
      Given a person of 50 in outpatient care
      And alcohol use disorder is active
      And the PHQ-9 was answered 2, 2, 2, 2, 2, open, 1, open, 0
      When the intake team asks for a recommendation
      Then "depression-treated-with-alcohol-use-disorder" holds
      And phq9.total is known to lie between 11 and 17

    @S1-02
    Scenario: Seven items do not settle it
      Given a person of 50 in outpatient care
      And alcohol use disorder is active
      And the condition list was reviewed today
      And the PHQ-9 was answered 1, 1, 1, 1, 1, open, 1, open, 0
      When the intake team asks for a recommendation
      Then "depression-treated-with-alcohol-use-disorder" cannot be settled
      And phq9.total is known to lie between 6 and 12
      And phq9.total counts as partial
      And it asks for the PHQ-9

    @S1-02
    Scenario: Seven items already rule it out
      Given a person of 50 in outpatient care
      And alcohol use disorder is active
      And the condition list was reviewed today
      And the PHQ-9 was answered 0, 1, 0, 1, 0, open, 1, open, 0
      When the intake team asks for a recommendation
      Then "depression-treated-with-alcohol-use-disorder" does not hold

    @S1-02 @T06
    Scenario Outline: A reported total that its items contradict
      Given a person of 50 in outpatient care
      And alcohol use disorder is active
      And the condition list was reviewed today
      And the PHQ-9 was answered 1, 1, 1, 1, 1, 1, 1, 1, 0, with a reported total of <total>
      When the intake team asks for a recommendation
      Then "depression-treated-with-alcohol-use-disorder" <state>

      Examples:
        | total | state             |
        | 8     | does not hold     |
        | 14    | cannot be settled |
        | 99    | does not hold     |

    @S1-02
    Scenario Outline: A total that cannot be
      Given a person of 50 in outpatient care
      And alcohol use disorder is active
      And the condition list was reviewed today
      And the PHQ-9 total is <total>
      When the intake team asks for a recommendation
      Then phq9.total counts as out of range
      And it asks for the PHQ-9

      Examples:
        | total |
        | 28    |
        | -1    |

    @S1-02 @T21
    Scenario: AUDIT items nine and ten take 0, 2 or 4 only
      Given a person of 50 in outpatient care
      And the AUDIT was answered 1, 1, 1, 1, 1, 1, 0, 0, 3, 0
      And the DAST-10 total is 0
      When the intake team asks for a recommendation
      Then audit.total is known to lie between 6 and 10
      And "positive-substance-screen-asks-for-a-diagnosis" cannot be settled
      And it asks for the AUDIT

    @S1-02 @T23
    Scenario Outline: DAST-10 item three counts the other way round
      Given a person of 50 in outpatient care
      And the AUDIT total is 0
      And the DAST-10 was answered <answers>
      When the intake team asks for a recommendation
      Then "positive-substance-screen-asks-for-a-diagnosis" <state>

      Examples:
        | answers                         | state         |
        | yes to 1 and 2, otherwise no    | holds         |
        | yes to 1, 2 and 3, otherwise no | does not hold |

    @S1-02 @T24
    Scenario: The CIWA-Ar goes to 67
      Given a person of 50 in outpatient care
      And alcohol.stopping_now is yes
      And the CIWA-Ar was answered 7, 7, 7, 7, 7, 7, 7, 7, 7, 4
      When the intake team asks for a recommendation
      Then ciwa_ar.total is taken as 67

    @S1-02
    Scenario: Questions that the screen skips are answered by the answer that skips them
      Given a person of 50 in outpatient care
      And the C-SSRS was answered no to 1, 2 and 6 lifetime, otherwise left open
      When the intake team asks for a recommendation
      Then nothing is escalated

    @S1-02 @S1-13 @T07
    Scenario: A questionnaire answered in withdrawal is answered again, and depression is treated meanwhile
      Given a person of 50 in outpatient care
      And alcohol use disorder is active
      And alcohol withdrawal is active
      And the PHQ-9 was answered 2, 2, 2, 2, 2, 2, 2, 1, 0
      When the intake team asks for a recommendation
      Then ssri and cbt are recommended
      And it asks for the PHQ-9

    @S1-02 @T12 @T30
    Scenario Outline: PC-PTSD-5, with the lower cut-off for women and while sex is not recorded
      Given a <who> of 50 in outpatient care
      And pcptsd5.total is <total>
      When the intake team asks for a recommendation
      Then "positive-trauma-screen-asks-for-evaluation" <supports> psychiatric-evaluation

      Examples:
        | who    | total | supports         |
        | person | 2     | does not support |
        | person | 3     | supports         |
        | woman  | 3     | supports         |
        | man    | 3     | does not support |
        | man    | 4     | supports         |

    @S2-19 @T85
    Scenario: Needing an interpreter is no risk
      Given a person of 50 in outpatient care
      And need.interpreter is yes
      And the C-SSRS was answered no throughout
      When the intake team asks for a recommendation
      Then interpreter is recommended
      And nothing is escalated

  Rule: The same record is the same decision

    @S1-02
    Scenario Outline: The order of a record does not matter
      Given the sample record <name>
      When the intake team asks for a recommendation
      And the same record is sent again in another order
      Then the same decision comes back

      Examples:
        | name                     |
        | intake-opioid-depression |
        | intake-alcohol-anxiety   |
        | aftercare-early-warning  |

    @S1-02
    Scenario: Nothing known is no decision about nothing
      Given a person
      When the intake team asks for a recommendation
      Then the outcome is recommendations
      And the first thing to do is a same-day contact by a clinician (E4)
      And it asks for the C-SSRS, a review of the condition list and a review of the medication list

    @S1-08 @S2-16 @T75
    Scenario Outline: Help at any hour, for where the person is
      Given a person of 50 in telehealth care
      And the person's location in <country> is confirmed
      When the intake team asks for a recommendation
      Then help is shown: <help>
      And every line of help says when it was last checked

      Examples:
        | country | help                                                  |
        | US      | 988 and 911                                           |
        | ES      | emergency number of the place where the person is now |
