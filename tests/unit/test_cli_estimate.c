/* Estimates, by running the program: what `explain` tells, and what the lists of a build hold. */
#include "cli.h"

static const char model[] =
    "system Pump \"Pump\" { risk_policy: PatientHarm }\n"
    "rule R1 \"{f} asks nobody\" {\n  for each flow f\n  when f.protocol.family has nfc\n"
    "  mitigated by authenticates_peer on f\n  stride: tampering\n"
    "  cvss: \"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:L/A:N\"\n  cwe: [306]\n  message: \"m\"\n  fix: \"f\"\n}\n"
    "external Badge \"Badge\" { human: false }\nDeviceApp App \"Application\" {}\n"
    "harm Overdose \"Overdose\" { severity: catastrophic }\nhazard Wrong \"Wrong rate\" { harm: [Overdose] }\n"
    "data Order \"Dose order\" { integrity: critical ; integrity_loss: [Wrong] }\n"
    "flow login \"Login\" #FL-01 : Badge -> App { protocol: rfid ; carries: [Order] ; controls: [Signed] }\n"
    "control Signed \"Signed badges\" { implements: [authenticates_peer] ; status: implemented }\n";

Test(cli_estimate, explain_tells_stages_metrics_and_the_way_to_harm)
{
    static const char *const told[] = {
        "before controls: CVSS 3.1 8.3, exploitability 2.8; High by Catastrophic: Critical, unacceptable\n",
        "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:L/A:N/IR:H/MAV:A/MI:H\n",
        "with implemented controls: ",
        "Very low by Catastrophic: Low, acceptable\n",
        "residual: CVSS 3.1 8.3, exploitability 2.8; High by Catastrophic: Critical, unacceptable\n",
        "MAV:A instead of N: protocol of login is rfid  at model.cordon:17:",
        "MI:H instead of L: integrity of Order is critical",
        "MAC:H instead of L: Signed gives authenticates_peer",
        "Dose order -> Wrong rate -> Overdose (Catastrophic)\n"};
    Cli c = cli();
    put_file("model.cordon", model);
    run(&c, "explain R1@FL-01 model.cordon");
    expect_status(&c, 0);
    for (size_t i = 0; i < sizeof told / sizeof *told; i++)
        cr_expect(strstr(c.out, told[i]), "`%s` is not in:\n%s", told[i], c.out);
    cli_end(&c);
}

Test(cli_estimate, a_build_lists_the_stages_of_each_threat)
{
    Cli c = cli();
    size_t n;
    put_file("model.cordon", model);
    run(&c, "build model.cordon -o out");
    expect_status(&c, 0);
    char *text = read_whole("out/risks.json", &n);
    json_t *all = json_loads(text, 0, NULL);
    json_t *estimate = json_object_get(json_array_get(json_object_get(all, "risks"), 0), "estimate");
    json_t *stages = json_object_get(estimate, "stages"), *residual = json_object_get(stages, "residual");
    cr_expect_str_eq(json_string_value(json_object_get(estimate, "policy")), "PatientHarm");
    cr_expect_str_eq(json_string_value(json_object_get(residual, "acceptance")), "unacceptable");
    cr_expect_str_eq(json_string_value(json_object_get(residual, "closed_by")), "nothing");
    json_t *implemented = json_object_get(stages, "implemented");
    cr_expect_str_eq(json_string_value(json_object_get(implemented, "level")), "low");
    cr_expect_str_eq(json_string_value(json_object_get(implemented, "closed_by")), "controls");
    cr_expect_eq(json_array_size(json_object_get(json_object_get(estimate, "harm"), "path")), 3);
    json_decref(all);
    free(text);
    text = read_whole("out/risks.csv", &n);
    cr_expect(strstr(text, "level_before") && strstr(text, "unacceptable"));
    free(text);
    cli_end(&c);
}
