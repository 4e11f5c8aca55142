Feature: Called by an electronic health record over FHIR
  What we know is published as definitions, what we decide leaves as drafts and proposals, and what health records tell
  us is told once. What is not known is asked for, and what may not be shown is not even named.

  Rule: A plan is applied to a person

    @S1-04 @S2-18
    Scenario: Thoughts of suicide in a questionnaire
      Given the health record holds a PHQ-9 with item 9 at 2
      And the health record holds alcohol use disorder
      When the health record applies the whole engine
      Then it gets a care plan that is a draft and a proposal
      And its first action tells a clinician, with a time
      And the reasons name the questionnaire
      And every action says why, by which version of which rule

    @S1-04
    Scenario: Naltrexone for somebody who takes methadone
      Given the health record holds alcohol use disorder
      And the health record holds methadone as taken
      When the health record applies the whole engine
      Then naltrexone is a detected issue of high severity that implicates the methadone
      And naltrexone is not among the proposals

    @S2-04
    Scenario: Nothing is known
      Given the health record holds nothing but a birth date
      When the health record applies the rule "phq9-item9-asks-for-suicide-screen"
      Then it is told that data are required, and which

    @S1-06
    Scenario: One pathway alone
      Given the health record holds a PHQ-9 with item 9 at 2
      When the health record applies the pathway "suicide-crisis"
      Then only the pathway "suicide-crisis" and what it stands on speak

    Scenario Outline: Nobody is told to speak with somebody who has died
      Given the health record holds a PHQ-9 with item 9 at 2
      And the health record holds methadone as taken
      And the health record says that the person has died
      When the health record applies <what>
      Then it is told that the person has died, and no steps

      Examples:
        | what                                            |
        | the whole engine                                |
        | the rule "phq9-item9-asks-for-suicide-screen"   |
        | the pathway "suicide-crisis"                    |

    @S2-04
    Scenario: What was not understood
      Given the health record holds a specimen
      When the health record applies the whole engine
      Then it is told that the specimen was not read

  Rule: What a programme has told

    @S2-14 @T81
    Scenario: Without consent it is not even named
      Given the health record holds a PHQ-9 with item 9 at 2
      And the health record holds methadone as taken, from a programme for substance use care
      When the health record applies the whole engine
      Then the plan names the questionnaire and nothing of the programme

    @S2-14
    Scenario: With consent it is labelled, and the notice goes along
      Given the health record holds methadone as taken, from a programme for substance use care
      And the health record holds a consent for treating providers
      When the health record applies the whole engine
      Then the plan is restricted, under 42 CFR Part 2, and not to be passed on

  Rule: Patients who are stored here

    @S1-13
    Scenario: A result is told twice, corrected, and decided on
      Given the patient is stored under the id that the health record gives them
      When the health record sends a GAD-7 total of 9, version 1
      And the health record sends a GAD-7 total of 9, version 1
      And the health record sends a GAD-7 total of 16, version 2
      Then the timeline holds one GAD-7, and its total is 16

    @S1-13
    Scenario: A subscription
      Given the patient is stored under the id that the health record gives them
      When the health record greets us, and then notifies us of a GAD-7 total of 12
      Then the timeline holds one GAD-7, and its total is 12

  Rule: What we know

    @S2-18
    Scenario: A rule can be read by another engine
      When somebody reads the rule "phq9-item9-asks-for-suicide-screen" as a plan definition
      Then its condition is the CQL text 'Tandem."phq9.q9" >= 1'
      And it names its sources, and says that nobody has approved it
