Feature: Lists in the codes of published systems
  Records name a diagnosis by ICD-10-CM or SNOMED CT and a medicine by RxNorm. A code means what it says and no more: where it
  leaves something open, that stays open, and a code that nobody has explained is told and keeps the list open.

  Rule: A problem list of codes is understood

    @S1-02
    Scenario Outline: A problem list of ICD-10-CM codes is understood
      Given a person of 50 in outpatient care
      And the condition list holds the ICD-10-CM code <code>
      And the condition list was reviewed today
      When the intake team asks for a recommendation
      Then "acamprosate-for-alcohol-use-disorder" <state>

      Examples:
        | code    | state             | # says                                       |
        | F10.20  | holds             | # alcohol dependence                         |
        | F10.10  | holds             | # alcohol abuse                              |
        | F10.230 | holds             | # alcohol dependence with withdrawal         |
        | F1020   | holds             | # the same as F10.20, sent without its dot   |
        | F10.21  | does not hold     | # alcohol dependence, in remission           |
        | E11.9   | does not hold     | # diabetes                                   |
        | J06.9   | does not hold     | # a cold: known to be none of our groups     |
        | F10.90  | cannot be settled | # alcohol use, which need not be a disorder  |
        | F99     | cannot be settled | # a mental disorder, and nobody says which   |

    @S1-02
    Scenario: A code says withdrawal and dependence at once
      Given a person of 50 in outpatient care
      And the condition list holds the ICD-10-CM code F11.23
      And the condition list was reviewed today
      When the intake team asks for a recommendation
      Then condition.opioid_use_disorder is taken as active
      And condition.opioid_withdrawal is taken as active
      And condition.opioid_use_disorder.severity counts as partial

    @S2-18
    Scenario: A poisoning in the problem list is an overdose
      Given a person of 40 in outpatient care
      And the condition list holds the ICD-10-CM code T40.2X1A 2 days ago
      And every list was reviewed today
      When the intake team asks for a recommendation
      Then event.overdose.days_since is taken as 2
      And "overdose-asks-about-intent" holds

    @S2-18
    Scenario: An earlier attempt without its date is not read as never
      Given a person of 40 in outpatient care
      And the condition list holds the ICD-10-CM code Z91.51
      And every list was reviewed today
      When the intake team asks for a recommendation
      Then event.suicide_attempt.days_since counts as partial

    @S2-18
    Scenario Outline: Suicidal thoughts that were listed a while ago are asked about again, and never taken for none
      Given a person of 40 in outpatient care
      And the condition list holds the ICD-10-CM code R45.851 <days> days ago
      And every list was reviewed today
      When the intake team asks for a recommendation
      Then suicide.concern counts as stale
      And it asks for the C-SSRS
      And "a-voiced-worry-about-suicide-is-assessed-today" cannot be settled

      Examples:
        | days |
        | 8    |
        | 400  |

  Rule: What nobody understood is told, and is never a "no"

    @S1-02
    Scenario: A code that we do not know is told and keeps the list open
      Given a person of 50 in outpatient care
      And the condition list holds the SNOMED CT code 1201005
      And the condition list was reviewed today
      When the intake team asks for a recommendation
      Then /conditions/0 was not used because it is not understood
      And "acamprosate-for-alcohol-use-disorder" cannot be settled
      And it asks for a review of the condition list

    @S1-02
    Scenario: Two codes of one entry that contradict each other
      Given a person of 50 in outpatient care
      And the condition list holds the ICD-10-CM codes F10.20 and F10.21
      And the condition list was reviewed today
      When the intake team asks for a recommendation
      Then "acamprosate-for-alcohol-use-disorder" holds
      And /conditions/0/codes/1 was not used because it is contradicted

  Rule: A product is every ingredient in it

    @S1-04
    Scenario Outline: Naltrexone with a product by its RxNorm code
      Given a person of 50 in outpatient care
      And alcohol use disorder is active
      And no opioid by history, medication list and urine test
      And the medication list holds the RxNorm code <code>
      And the medication list was reviewed today
      When the intake team asks for a recommendation
      Then naltrexone is <outcome>

      Examples:
        | code    | outcome     | # is                                       |
        | 1049221 | withheld    | # acetaminophen with oxycodone             |
        | 351266  | withheld    | # buprenorphine with naloxone              |
        | 314076  | recommended | # lisinopril                               |
        | 4441    | withheld    | # flecainide, which the dictionary has not |
