Feature: Cards in the electronic health record
  At a moment of the clinician's work the record asks, and is answered with few cards: what is dangerous, what was proposed
  and is contraindicated, what is not known, and the plan. The tags name the requirements of CDS Hooks 2.0 by the numbers
  that Inferno's test kit gives them; features/cds-hooks.requirements.yaml has every one that binds a service.

  Background:
    Given an electronic health record that asks by CDS Hooks

  @cds-hooks-r1 @cds-hooks-r3 @cds-hooks-r4 @cds-hooks-r5 @cds-hooks-r6 @cds-hooks-r7 @cds-hooks-r8 @cds-hooks-r9 @cds-hooks-r10 @cds-hooks-r12 @cds-hooks-r13
  Scenario: What is offered can be found out
    When it asks what is offered
    Then the answer is as CDS Hooks describes discovery
    And each of the nine hooks is served

  @cds-hooks-r11 @cds-hooks-r29 @cds-hooks-r35 @cds-hooks-r36 @cds-hooks-r55 @cds-hooks-r56 @cds-hooks-r57 @cds-hooks-r58 @cds-hooks-r59
  Scenario: Each service says which data it wants
    When it asks what is offered
    Then every prefetch template is a plain read or search with tokens of the context

  @cds-hooks-r16 @cds-hooks-r74 @cds-hooks-r77
  Scenario: Nothing to say is no card
    When a clinician signs an order of a wheelchair
    Then there is no card

  @S1-04 @cds-hooks-r28 @cds-hooks-r87 @cds-hooks-r88 @cds-hooks-r89 @cds-hooks-r127 @cds-hooks-r128 @cds-hooks-r129 @cds-hooks-r133 @cds-hooks-r134 @cds-hooks-r135
  Scenario: A benzodiazepine is ordered for somebody on methadone
    Given the chart holds that methadone is taken
    When a clinician signs an order of alprazolam
    Then a warning says "Order of Alprazolam (benzodiazepine)"
    And it offers to remove the order of alprazolam
    And it rests on the rule opioid-with-sedatives-needs-naloxone

  @S1-04
  Scenario: A benzodiazepine is ordered for somebody who has methadone from a programme
    Given a programme gave methadone this week, and the chart holds that among its procedures alone
    When a clinician signs an order of alprazolam
    Then a warning says "Order of Alprazolam (benzodiazepine)"
    And it rests on the rule opioid-with-sedatives-needs-naloxone

  @S1-04 @cds-hooks-r83 @cds-hooks-r84 @cds-hooks-r85
  Scenario: Naltrexone is ordered for somebody on opioids
    Given the chart holds that methadone is taken
    When a clinician signs an order of naltrexone
    Then a warning says "Order of Naltrexone"
    And its detail says why, the data used, what is not known, the evidence, alternatives, and when to look again
    And its summary has fewer than 140 characters
    And the data used names "MedicationRequest/m1"

  @S1-04 @cds-hooks-r92 @cds-hooks-r93 @cds-hooks-r94 @cds-hooks-r95 @cds-hooks-r96 @cds-hooks-r117 @cds-hooks-r118 @cds-hooks-r119 @cds-hooks-r120 @cds-hooks-r121
  Scenario: A contraindicated order can be taken out with one touch, or left
    Given the chart holds that methadone is taken
    When a clinician signs an order of naltrexone
    Then at most one suggestion can be taken, and the one that is recommended removes the order

  @cds-hooks-r122 @cds-hooks-r123 @cds-hooks-r124 @cds-hooks-r125 @cds-hooks-r130 @cds-hooks-r131 @cds-hooks-r132
  Scenario: What is suggested is a draft, about this person, and no medicine
    Given the chart holds a PHQ-9 of 21 and opioid use disorder
    When a clinician opens the chart
    Then every suggestion makes a draft about this person
    And no suggestion begins a medicine

  @cds-hooks-r80 @cds-hooks-r81 @cds-hooks-r82
  Scenario: Every card can be named
    Given the chart holds a PHQ-9 of 21 and opioid use disorder
    When a clinician opens the chart
    Then every card has its own uuid
    And the journal holds what the cards rest on

  @cds-hooks-r90 @cds-hooks-r105 @cds-hooks-r106 @cds-hooks-r107 @cds-hooks-r108 @cds-hooks-r109 @cds-hooks-r111 @cds-hooks-r112 @cds-hooks-r113 @cds-hooks-r115 @cds-hooks-r116 @cds-hooks-r216 @cds-hooks-r217 @cds-hooks-r218 @cds-hooks-r220
  Scenario: Every card says where it comes from
    Given the chart holds that methadone is taken
    When a clinician signs an order of naltrexone
    Then every card names its source, with an absolute address that is about nobody, and its topic

  @cds-hooks-r98 @cds-hooks-r99 @cds-hooks-r100 @cds-hooks-r136 @cds-hooks-r219
  Scenario: Every card can be overridden with a reason
    Given the chart holds that methadone is taken
    When a clinician signs an order of naltrexone
    Then every card has reasons to override it, in words

  @S1-09 @cds-hooks-r103 @cds-hooks-r104 @cds-hooks-r110 @cds-hooks-r138 @cds-hooks-r139 @cds-hooks-r140 @cds-hooks-r141 @cds-hooks-r142 @cds-hooks-r146 @cds-hooks-r147
  Scenario: Behind every card is the decision that it rests on
    Given the chart holds that methadone is taken
    When a clinician signs an order of naltrexone
    Then every card has an absolute link, without context for an app
    And the page behind the link shows the decision

  @cds-hooks-r75
  Scenario: Nothing is changed that nobody agreed to
    Given the chart holds that methadone is taken
    When a clinician signs an order of naltrexone
    Then there are no system actions

  @cds-hooks-r14 @cds-hooks-r54 @cds-hooks-r76
  Scenario: Without what it needs a service says so
    Given the chart sends no medications
    When a clinician signs an order of naltrexone
    Then it is answered with 412, which names medications

  @cds-hooks-r54
  Scenario: A part of what it needs is judged, and said to be a part
    Given the chart holds that methadone is taken
    And the chart sends the first page of its medications only
    When a clinician signs an order of alprazolam
    Then a warning says "Order of Alprazolam"
    And a card says "Not judged in full: medications"

  Scenario: Results that are left out and out of date are not missed
    Given the chart holds a PHQ-9 of 21 and opioid use disorder
    And the chart sends the first page of its labs only, newest first and back to 2025-11-23
    When a clinician opens the chart
    Then no card says "Not judged in full"

  Scenario: Results that are left out and may be in date are said to be missing
    Given the chart holds a PHQ-9 of 21 and opioid use disorder
    And the chart sends the first page of its labs only, newest first and back to 2026-11-20
    When a clinician opens the chart
    Then a card says "Not judged in full: labs"

  Scenario Outline: A medicine counts, wherever the record keeps it
    Given the chart holds <where> of methadone
    When a clinician signs an order of naltrexone
    Then a warning says "Order of Naltrexone"
    And the data used names "<reference>"

    Examples:
      | where             | reference                   |
      | a statement       | MedicationStatement/m1      |
      | an administration | MedicationAdministration/m1 |

  Scenario: A record that keeps no statements and administrations is not told so at every order
    Given the chart keeps no statements, administrations and reviews
    When a clinician signs an order of a wheelchair
    Then there is no card

  Scenario: A list that somebody confirmed to be complete says what is not taken
    Given the chart holds that somebody confirmed yesterday that no medicine is taken
    When a clinician signs an order of naltrexone
    Then no card says "14 days after methadone"

  Scenario Outline: A diagnosis that nobody understood may be what speaks against an order
    Given the chart holds a diagnosis that nobody here understands
    When a clinician signs an order of <order>
    Then a card says "<summary>"
    And a detail says "<words>"

    Examples:
      | order                 | summary                                               | words                                                   |
      | alprazolam            | Not judged in full: entries that were not understood  | No code of this diagnosis is known                      |
      | sertraline            | Order of Sertraline                                   | Entries that were not understood and could speak against it: 1 |
      | alprazolam in Spanish | Sin evaluar del todo: entradas que no se entendieron  | Aquí no se conoce ninguno de sus códigos                |
      | sertraline in Spanish | Orden de Sertralina                                   | Entradas que no se entendieron y podrían desaconsejarlo: 1 |

  Scenario: Of an order that nothing can speak against nothing is said, whatever was not understood
    Given the chart holds a diagnosis that nobody here understands
    When a clinician signs an order of a wheelchair
    Then there is no card

  Scenario: Where everything was understood nothing is said of it
    Given an electronic health record that asks by CDS Hooks
    When a clinician signs an order of alprazolam
    Then there is no card

  @cds-hooks-r34
  Scenario: What was not sent is fetched where the record allows it
    Given the chart sends no medications
    And the record's own server may be asked
    When a clinician signs an order of naltrexone
    Then a warning says "Order of Naltrexone"

  @cds-hooks-r60 @cds-hooks-r61
  Scenario: What is fetched is fetched with the token of the call
    Given the chart sends no medications
    And the record's own server may be asked
    When a clinician signs an order of naltrexone
    Then the server was asked with the token of the call

  @cds-hooks-r52
  Scenario: What the record could not read is not taken for nothing
    Given the chart holds a PHQ-9 of 21 and opioid use disorder
    And the chart could not read labs
    When a clinician opens the chart
    Then a card says "Not judged in full: labs"
    And a warning says "Same day"

  @cds-hooks-r77
  Scenario: Nobody is told to speak with somebody who has died
    Given the chart holds a PHQ-9 of 21 and opioid use disorder
    And the chart says that the person has died
    When a clinician opens the chart
    Then the only card says "this person has died"

  @S2-07
  Scenario: Imminent danger is critical, and nothing else is
    Given the chart holds that the person attempts suicide now
    When a clinician opens the chart
    Then the first card is critical and the only one that is

  @cds-hooks-r210 @cds-hooks-r211 @cds-hooks-r212 @cds-hooks-r78
  Scenario: What was said when the chart was opened is brought up to date when the encounter starts
    When it asks what is offered
    Then the service that answers when the chart is opened answers when an encounter starts

  @cds-hooks-r214 @cds-hooks-r215
  Scenario: A program can follow why
    Given the chart holds that methadone is taken
    When a clinician signs an order of naltrexone
    Then the extension names rules with versions, thresholds, facts with their resources, and thirteen source attributes

  @cds-hooks-r148
  Scenario: What was done with a card is told back
    Given the chart holds that methadone is taken
    When a clinician signs an order of naltrexone
    And the clinician accepts the first suggestion
    Then the clinical lead reads that naltrexone-not-with-opioids was accepted

  @cds-hooks-r148
  Scenario: Why a card was overridden is told back
    Given the chart holds that methadone is taken
    When a clinician signs an order of naltrexone
    And the clinician overrides it with risk-benefit-ratio
    Then the clinical lead reads that naltrexone-not-with-opioids was overridden with risk-benefit-ratio

  @S2-14 @cds-hooks-r177
  Scenario: Nobody unknown is answered
    When somebody unknown asks at the hook
    Then they are answered with 401

  @S2-14
  Scenario: The data of somebody else is never used
    Given the chart holds a score of somebody else
    When a clinician opens the chart
    Then it is refused, because it holds another patient

  @cds-hooks-r27
  Scenario: Two hundred resources are answered while the clinician waits
    Given the chart holds 200 resources
    When a clinician opens the chart
    Then the answer came within 500 milliseconds

  Scenario: The cards speak the clinician's language
    Given the chart holds that methadone is taken
    When a clinician signs an order of naltrexone in Spanish
    Then a warning says "Orden de Naltrexona"
