using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace OpsConsole.Migrations.Sqlite.Migrations
{
    /// <inheritdoc />
    public partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "alert_deliveries",
                columns: table => new
                {
                    key = table.Column<long>(type: "INTEGER", nullable: false),
                    alert_key = table.Column<long>(type: "INTEGER", nullable: false),
                    over = table.Column<bool>(type: "INTEGER", nullable: false),
                    channel = table.Column<string>(type: "TEXT", maxLength: 16, nullable: false),
                    target = table.Column<string>(type: "TEXT", maxLength: 256, nullable: false),
                    state = table.Column<int>(type: "INTEGER", nullable: false),
                    attempts = table.Column<int>(type: "INTEGER", nullable: false),
                    next_at = table.Column<long>(type: "INTEGER", nullable: false),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    sent_at = table.Column<long>(type: "INTEGER", nullable: true),
                    problem = table.Column<string>(type: "TEXT", maxLength: 300, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_alert_deliveries", x => x.key);
                });

            migrationBuilder.CreateTable(
                name: "alerts",
                columns: table => new
                {
                    key = table.Column<long>(type: "INTEGER", nullable: false),
                    code = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    subject = table.Column<string>(type: "TEXT", maxLength: 128, nullable: false),
                    state = table.Column<int>(type: "INTEGER", nullable: false),
                    raised_at = table.Column<long>(type: "INTEGER", nullable: false),
                    value = table.Column<double>(type: "REAL", nullable: false),
                    words = table.Column<string>(type: "TEXT", maxLength: 400, nullable: false),
                    read_at = table.Column<long>(type: "INTEGER", nullable: false),
                    acknowledged_at = table.Column<long>(type: "INTEGER", nullable: true),
                    acknowledged_by = table.Column<string>(type: "TEXT", maxLength: 128, nullable: true),
                    cleared_at = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_alerts", x => x.key);
                });

            migrationBuilder.CreateTable(
                name: "api_keys",
                columns: table => new
                {
                    id = table.Column<string>(type: "TEXT", maxLength: 16, nullable: false),
                    hash = table.Column<byte[]>(type: "BLOB", maxLength: 32, nullable: false),
                    name = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    source_id = table.Column<int>(type: "INTEGER", nullable: false),
                    scopes = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    calls_per_second = table.Column<int>(type: "INTEGER", nullable: true),
                    kind = table.Column<int>(type: "INTEGER", nullable: false),
                    allowed_networks = table.Column<string>(type: "TEXT", maxLength: 4000, nullable: true),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    created_by = table.Column<string>(type: "TEXT", maxLength: 128, nullable: false),
                    expires_at = table.Column<long>(type: "INTEGER", nullable: true),
                    revoked_at = table.Column<long>(type: "INTEGER", nullable: true),
                    last_used_at = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_api_keys", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "asp_net_roles",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    name = table.Column<string>(type: "TEXT", maxLength: 256, nullable: true),
                    normalized_name = table.Column<string>(type: "TEXT", maxLength: 256, nullable: true),
                    concurrency_stamp = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_asp_net_roles", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "asp_net_users",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    user_name = table.Column<string>(type: "TEXT", maxLength: 256, nullable: true),
                    normalized_user_name = table.Column<string>(type: "TEXT", maxLength: 256, nullable: true),
                    email = table.Column<string>(type: "TEXT", maxLength: 256, nullable: true),
                    normalized_email = table.Column<string>(type: "TEXT", maxLength: 256, nullable: true),
                    email_confirmed = table.Column<bool>(type: "INTEGER", nullable: false),
                    password_hash = table.Column<string>(type: "TEXT", nullable: true),
                    security_stamp = table.Column<string>(type: "TEXT", nullable: true),
                    concurrency_stamp = table.Column<string>(type: "TEXT", nullable: true),
                    phone_number = table.Column<string>(type: "TEXT", nullable: true),
                    phone_number_confirmed = table.Column<bool>(type: "INTEGER", nullable: false),
                    two_factor_enabled = table.Column<bool>(type: "INTEGER", nullable: false),
                    lockout_end = table.Column<long>(type: "INTEGER", nullable: true),
                    lockout_enabled = table.Column<bool>(type: "INTEGER", nullable: false),
                    access_failed_count = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_asp_net_users", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "audit",
                columns: table => new
                {
                    key = table.Column<long>(type: "INTEGER", nullable: false),
                    at = table.Column<long>(type: "INTEGER", nullable: false),
                    who = table.Column<string>(type: "TEXT", maxLength: 128, nullable: false),
                    what = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    subject = table.Column<string>(type: "TEXT", maxLength: 128, nullable: true),
                    details = table.Column<string>(type: "TEXT", nullable: true),
                    mark = table.Column<byte[]>(type: "BLOB", maxLength: 32, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_audit", x => x.key);
                });

            migrationBuilder.CreateTable(
                name: "audit_seals",
                columns: table => new
                {
                    position = table.Column<long>(type: "INTEGER", nullable: false),
                    entry_key = table.Column<long>(type: "INTEGER", nullable: false),
                    seal = table.Column<byte[]>(type: "BLOB", maxLength: 32, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_audit_seals", x => x.position);
                });

            migrationBuilder.CreateTable(
                name: "backtest_blocks",
                columns: table => new
                {
                    backtest = table.Column<long>(type: "INTEGER", nullable: false),
                    lead = table.Column<int>(type: "INTEGER", nullable: false),
                    day = table.Column<int>(type: "INTEGER", nullable: false),
                    part = table.Column<int>(type: "INTEGER", nullable: false),
                    data = table.Column<byte[]>(type: "BLOB", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_backtest_blocks", x => new { x.backtest, x.lead, x.day, x.part });
                });

            migrationBuilder.CreateTable(
                name: "backtests",
                columns: table => new
                {
                    key = table.Column<long>(type: "INTEGER", nullable: false),
                    model_version_id = table.Column<int>(type: "INTEGER", nullable: false),
                    threshold = table.Column<double>(type: "REAL", nullable: false),
                    computed_at = table.Column<long>(type: "INTEGER", nullable: false),
                    from = table.Column<long>(type: "INTEGER", nullable: true),
                    to = table.Column<long>(type: "INTEGER", nullable: true),
                    simulated = table.Column<int>(type: "INTEGER", nullable: false),
                    decision_point = table.Column<int>(type: "INTEGER", nullable: true),
                    basis = table.Column<string>(type: "TEXT", maxLength: 400, nullable: false),
                    shipments = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_backtests", x => x.key);
                });

            migrationBuilder.CreateTable(
                name: "board_rows",
                columns: table => new
                {
                    shipment_key = table.Column<long>(type: "INTEGER", nullable: false),
                    version = table.Column<long>(type: "INTEGER", nullable: false),
                    shipment_id = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    simulated = table.Column<bool>(type: "INTEGER", nullable: false),
                    state = table.Column<int>(type: "INTEGER", nullable: false),
                    score = table.Column<double>(type: "REAL", nullable: true),
                    threshold = table.Column<double>(type: "REAL", nullable: true),
                    late = table.Column<bool>(type: "INTEGER", nullable: false),
                    flagged = table.Column<bool>(type: "INTEGER", nullable: false),
                    silent = table.Column<bool>(type: "INTEGER", nullable: false),
                    feed_down = table.Column<bool>(type: "INTEGER", nullable: false),
                    expected_delay_minutes = table.Column<double>(type: "REAL", nullable: true),
                    delay_low = table.Column<double>(type: "REAL", nullable: true),
                    delay_high = table.Column<double>(type: "REAL", nullable: true),
                    promised_by = table.Column<long>(type: "INTEGER", nullable: false),
                    carrier_estimate = table.Column<long>(type: "INTEGER", nullable: true),
                    destination_area = table.Column<string>(type: "TEXT", maxLength: 32, nullable: false),
                    service = table.Column<string>(type: "TEXT", maxLength: 32, nullable: false),
                    carrier = table.Column<string>(type: "TEXT", maxLength: 64, nullable: true),
                    declared_value = table.Column<double>(type: "REAL", nullable: true),
                    model_version = table.Column<string>(type: "TEXT", maxLength: 64, nullable: true),
                    prediction_key = table.Column<long>(type: "INTEGER", nullable: true),
                    why = table.Column<string>(type: "TEXT", maxLength: 64, nullable: true),
                    last_scan_at = table.Column<long>(type: "INTEGER", nullable: true),
                    case_state = table.Column<int>(type: "INTEGER", nullable: true),
                    assignee = table.Column<string>(type: "TEXT", maxLength: 128, nullable: true),
                    judged_at = table.Column<long>(type: "INTEGER", nullable: true),
                    finished_at = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_board_rows", x => x.shipment_key);
                });

            migrationBuilder.CreateTable(
                name: "cases",
                columns: table => new
                {
                    shipment_key = table.Column<long>(type: "INTEGER", nullable: false),
                    state = table.Column<int>(type: "INTEGER", nullable: false),
                    opened_at = table.Column<long>(type: "INTEGER", nullable: false),
                    opened_by_person = table.Column<bool>(type: "INTEGER", nullable: false),
                    flagged_since = table.Column<long>(type: "INTEGER", nullable: true),
                    assignee = table.Column<string>(type: "TEXT", maxLength: 256, nullable: true),
                    assignee_name = table.Column<string>(type: "TEXT", maxLength: 128, nullable: true),
                    claimed_until = table.Column<long>(type: "INTEGER", nullable: true),
                    judged_at = table.Column<long>(type: "INTEGER", nullable: true),
                    closed_at = table.Column<long>(type: "INTEGER", nullable: true),
                    closed_because = table.Column<int>(type: "INTEGER", nullable: true),
                    version = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_cases", x => x.shipment_key);
                });

            migrationBuilder.CreateTable(
                name: "champion_terms",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    loop = table.Column<int>(type: "INTEGER", nullable: false),
                    from = table.Column<long>(type: "INTEGER", nullable: false),
                    model_version_id = table.Column<int>(type: "INTEGER", nullable: false),
                    threshold = table.Column<double>(type: "REAL", nullable: false),
                    changed_by = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_champion_terms", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "conditions",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    area_code = table.Column<string>(type: "TEXT", maxLength: 32, nullable: false),
                    observed_at = table.Column<long>(type: "INTEGER", nullable: false),
                    recorded_at = table.Column<long>(type: "INTEGER", nullable: true),
                    received_at = table.Column<long>(type: "INTEGER", nullable: false),
                    known_at = table.Column<long>(type: "INTEGER", nullable: false),
                    source_id = table.Column<int>(type: "INTEGER", nullable: false),
                    content_hash = table.Column<long>(type: "INTEGER", nullable: false),
                    precipitation_mm = table.Column<double>(type: "REAL", nullable: true),
                    snow_cm = table.Column<double>(type: "REAL", nullable: true),
                    wind_kph = table.Column<double>(type: "REAL", nullable: true),
                    temperature_c = table.Column<double>(type: "REAL", nullable: true),
                    traffic_index = table.Column<double>(type: "REAL", nullable: true),
                    incidents = table.Column<int>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_conditions", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "contacts",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    contact_id = table.Column<string>(type: "TEXT", maxLength: 128, nullable: false),
                    shipment_id = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    occurred_at = table.Column<long>(type: "INTEGER", nullable: false),
                    recorded_at = table.Column<long>(type: "INTEGER", nullable: true),
                    received_at = table.Column<long>(type: "INTEGER", nullable: false),
                    source_id = table.Column<int>(type: "INTEGER", nullable: false),
                    content_hash = table.Column<long>(type: "INTEGER", nullable: false),
                    channel = table.Column<string>(type: "TEXT", maxLength: 32, nullable: true),
                    cost = table.Column<double>(type: "REAL", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_contacts", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "counters",
                columns: table => new
                {
                    name = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    value = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_counters", x => x.name);
                });

            migrationBuilder.CreateTable(
                name: "customers",
                columns: table => new
                {
                    key = table.Column<long>(type: "INTEGER", nullable: false),
                    blind_index = table.Column<byte[]>(type: "BLOB", maxLength: 32, nullable: true),
                    master_key_id = table.Column<string>(type: "TEXT", maxLength: 32, nullable: false),
                    wrapped_key = table.Column<byte[]>(type: "BLOB", nullable: true),
                    erased_at = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_customers", x => x.key);
                });

            migrationBuilder.CreateTable(
                name: "data_protection_keys",
                columns: table => new
                {
                    id = table.Column<int>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    friendly_name = table.Column<string>(type: "TEXT", nullable: true),
                    xml = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_data_protection_keys", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "drafts",
                columns: table => new
                {
                    user_id = table.Column<string>(type: "TEXT", maxLength: 128, nullable: false),
                    shipment_key = table.Column<long>(type: "INTEGER", nullable: false),
                    content = table.Column<string>(type: "TEXT", nullable: false),
                    updated_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_drafts", x => new { x.user_id, x.shipment_key });
                });

            migrationBuilder.CreateTable(
                name: "events",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    event_id = table.Column<string>(type: "TEXT", maxLength: 128, nullable: false),
                    shipment_id = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    type = table.Column<int>(type: "INTEGER", nullable: false),
                    occurred_at = table.Column<long>(type: "INTEGER", nullable: false),
                    recorded_at = table.Column<long>(type: "INTEGER", nullable: true),
                    received_at = table.Column<long>(type: "INTEGER", nullable: false),
                    source_id = table.Column<int>(type: "INTEGER", nullable: false),
                    content_hash = table.Column<long>(type: "INTEGER", nullable: false),
                    facility = table.Column<string>(type: "TEXT", maxLength: 64, nullable: true),
                    reason = table.Column<string>(type: "TEXT", maxLength: 200, nullable: true),
                    promised_by = table.Column<long>(type: "INTEGER", nullable: true),
                    initiated_by = table.Column<int>(type: "INTEGER", nullable: true),
                    carrier_estimate = table.Column<long>(type: "INTEGER", nullable: true),
                    details = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_events", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "feed_hours",
                columns: table => new
                {
                    source_id = table.Column<int>(type: "INTEGER", nullable: false),
                    facility = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    hour = table.Column<int>(type: "INTEGER", nullable: false),
                    minutes = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_feed_hours", x => new { x.source_id, x.facility, x.hour });
                });

            migrationBuilder.CreateTable(
                name: "feed_silences",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    source_id = table.Column<int>(type: "INTEGER", nullable: false),
                    facility = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    since = table.Column<long>(type: "INTEGER", nullable: false),
                    noticed_at = table.Column<long>(type: "INTEGER", nullable: false),
                    back_at = table.Column<long>(type: "INTEGER", nullable: true),
                    ended_at = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_feed_silences", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "feeds",
                columns: table => new
                {
                    source_id = table.Column<int>(type: "INTEGER", nullable: false),
                    facility = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    first_at = table.Column<long>(type: "INTEGER", nullable: false),
                    last_at = table.Column<long>(type: "INTEGER", nullable: false),
                    last_minute = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_feeds", x => new { x.source_id, x.facility });
                });

            migrationBuilder.CreateTable(
                name: "held_flags",
                columns: table => new
                {
                    shipment_key = table.Column<long>(type: "INTEGER", nullable: false),
                    loop = table.Column<int>(type: "INTEGER", nullable: false),
                    since = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_held_flags", x => x.shipment_key);
                });

            migrationBuilder.CreateTable(
                name: "import_mappings",
                columns: table => new
                {
                    key = table.Column<long>(type: "INTEGER", nullable: false),
                    source_id = table.Column<int>(type: "INTEGER", nullable: false),
                    kind = table.Column<int>(type: "INTEGER", nullable: false),
                    name = table.Column<string>(type: "TEXT", maxLength: 80, nullable: false),
                    mapping = table.Column<string>(type: "TEXT", nullable: false),
                    saved_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_import_mappings", x => x.key);
                });

            migrationBuilder.CreateTable(
                name: "imports",
                columns: table => new
                {
                    key = table.Column<long>(type: "INTEGER", nullable: false),
                    state = table.Column<int>(type: "INTEGER", nullable: false),
                    kind = table.Column<int>(type: "INTEGER", nullable: false),
                    file_name = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    bytes = table.Column<long>(type: "INTEGER", nullable: false),
                    source_id = table.Column<int>(type: "INTEGER", nullable: false),
                    shape = table.Column<string>(type: "TEXT", nullable: false),
                    mapping = table.Column<string>(type: "TEXT", nullable: true),
                    report = table.Column<string>(type: "TEXT", nullable: true),
                    progress = table.Column<string>(type: "TEXT", nullable: true),
                    note = table.Column<string>(type: "TEXT", maxLength: 1000, nullable: true),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    created_by = table.Column<string>(type: "TEXT", maxLength: 128, nullable: false),
                    heard_at = table.Column<long>(type: "INTEGER", nullable: true),
                    finished_at = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_imports", x => x.key);
                });

            migrationBuilder.CreateTable(
                name: "judgements",
                columns: table => new
                {
                    key = table.Column<long>(type: "INTEGER", nullable: false),
                    shipment_key = table.Column<long>(type: "INTEGER", nullable: false),
                    judge_id = table.Column<string>(type: "TEXT", maxLength: 256, nullable: false),
                    judge_name = table.Column<string>(type: "TEXT", maxLength: 128, nullable: false),
                    late = table.Column<bool>(type: "INTEGER", nullable: false),
                    reason = table.Column<string>(type: "TEXT", maxLength: 64, nullable: true),
                    action = table.Column<int>(type: "INTEGER", nullable: false),
                    note = table.Column<string>(type: "TEXT", maxLength: 2000, nullable: true),
                    prediction_key = table.Column<long>(type: "INTEGER", nullable: true),
                    verdict = table.Column<int>(type: "INTEGER", nullable: true),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    hindsight = table.Column<bool>(type: "INTEGER", nullable: false),
                    withdrawn_at = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_judgements", x => x.key);
                });

            migrationBuilder.CreateTable(
                name: "kpi_counts",
                columns: table => new
                {
                    day = table.Column<int>(type: "INTEGER", nullable: false),
                    simulated = table.Column<bool>(type: "INTEGER", nullable: false),
                    shipments = table.Column<long>(type: "INTEGER", nullable: false),
                    late = table.Column<long>(type: "INTEGER", nullable: false),
                    on_time = table.Column<long>(type: "INTEGER", nullable: false),
                    served_late = table.Column<long>(type: "INTEGER", nullable: false),
                    raised_in_time = table.Column<long>(type: "INTEGER", nullable: false),
                    contacts = table.Column<long>(type: "INTEGER", nullable: false),
                    contact_cost = table.Column<long>(type: "INTEGER", nullable: false),
                    estimated = table.Column<long>(type: "INTEGER", nullable: false),
                    carrier_tp = table.Column<long>(type: "INTEGER", nullable: false),
                    carrier_fp = table.Column<long>(type: "INTEGER", nullable: false),
                    carrier_averted = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_kpi_counts", x => new { x.day, x.simulated });
                });

            migrationBuilder.CreateTable(
                name: "lead_scores",
                columns: table => new
                {
                    shipment_key = table.Column<long>(type: "INTEGER", nullable: false),
                    lead = table.Column<int>(type: "INTEGER", nullable: false),
                    moment = table.Column<long>(type: "INTEGER", nullable: false),
                    score = table.Column<double>(type: "REAL", nullable: false),
                    threshold = table.Column<double>(type: "REAL", nullable: false),
                    model_version_id = table.Column<int>(type: "INTEGER", nullable: false),
                    recomputed = table.Column<bool>(type: "INTEGER", nullable: false),
                    expected_delay_minutes = table.Column<double>(type: "REAL", nullable: false),
                    vector = table.Column<byte[]>(type: "BLOB", nullable: false),
                    written_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_lead_scores", x => new { x.shipment_key, x.lead });
                });

            migrationBuilder.CreateTable(
                name: "leases",
                columns: table => new
                {
                    name = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    holder = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    token = table.Column<long>(type: "INTEGER", nullable: false),
                    expires_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_leases", x => x.name);
                });

            migrationBuilder.CreateTable(
                name: "model_versions",
                columns: table => new
                {
                    id = table.Column<int>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    version = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    trainer = table.Column<string>(type: "TEXT", maxLength: 32, nullable: false),
                    state = table.Column<int>(type: "INTEGER", nullable: false),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    threshold = table.Column<double>(type: "REAL", nullable: false),
                    file_name = table.Column<string>(type: "TEXT", maxLength: 128, nullable: true),
                    file_hash = table.Column<string>(type: "TEXT", maxLength: 64, nullable: true),
                    data_hash = table.Column<string>(type: "TEXT", maxLength: 64, nullable: true),
                    metrics = table.Column<string>(type: "TEXT", nullable: false),
                    trained_from = table.Column<long>(type: "INTEGER", nullable: true),
                    trained_to = table.Column<long>(type: "INTEGER", nullable: true),
                    decision_point = table.Column<string>(type: "TEXT", maxLength: 32, nullable: true),
                    created_by = table.Column<string>(type: "TEXT", maxLength: 128, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_model_versions", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "outcomes",
                columns: table => new
                {
                    shipment_key = table.Column<long>(type: "INTEGER", nullable: false),
                    revision = table.Column<int>(type: "INTEGER", nullable: false),
                    found_at = table.Column<long>(type: "INTEGER", nullable: false),
                    truth = table.Column<int>(type: "INTEGER", nullable: false),
                    delay_minutes = table.Column<double>(type: "REAL", nullable: true),
                    at = table.Column<long>(type: "INTEGER", nullable: true),
                    promise_counted = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_outcomes", x => new { x.shipment_key, x.revision });
                });

            migrationBuilder.CreateTable(
                name: "predictions",
                columns: table => new
                {
                    key = table.Column<long>(type: "INTEGER", nullable: false),
                    shipment_key = table.Column<long>(type: "INTEGER", nullable: false),
                    scored_at = table.Column<long>(type: "INTEGER", nullable: false),
                    model_version_id = table.Column<int>(type: "INTEGER", nullable: false),
                    score = table.Column<double>(type: "REAL", nullable: false),
                    threshold = table.Column<double>(type: "REAL", nullable: false),
                    flagged = table.Column<bool>(type: "INTEGER", nullable: false),
                    raw_log_odds = table.Column<double>(type: "REAL", nullable: false),
                    baseline = table.Column<double>(type: "REAL", nullable: false),
                    expected_delay_minutes = table.Column<double>(type: "REAL", nullable: false),
                    delay_low = table.Column<double>(type: "REAL", nullable: false),
                    delay_high = table.Column<double>(type: "REAL", nullable: false),
                    vector = table.Column<byte[]>(type: "BLOB", nullable: false),
                    contributions = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_predictions", x => x.key);
                });

            migrationBuilder.CreateTable(
                name: "quality_counts",
                columns: table => new
                {
                    day = table.Column<int>(type: "INTEGER", nullable: false),
                    simulated = table.Column<bool>(type: "INTEGER", nullable: false),
                    lead = table.Column<int>(type: "INTEGER", nullable: false),
                    dimension = table.Column<int>(type: "INTEGER", nullable: false),
                    segment = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    shipments = table.Column<long>(type: "INTEGER", nullable: false),
                    late = table.Column<long>(type: "INTEGER", nullable: false),
                    on_time = table.Column<long>(type: "INTEGER", nullable: false),
                    unknown = table.Column<long>(type: "INTEGER", nullable: false),
                    excluded = table.Column<long>(type: "INTEGER", nullable: false),
                    pending = table.Column<long>(type: "INTEGER", nullable: false),
                    at_risk = table.Column<long>(type: "INTEGER", nullable: false),
                    finished_earlier = table.Column<long>(type: "INTEGER", nullable: false),
                    registered_too_late = table.Column<long>(type: "INTEGER", nullable: false),
                    tp = table.Column<long>(type: "INTEGER", nullable: false),
                    fp = table.Column<long>(type: "INTEGER", nullable: false),
                    fn = table.Column<long>(type: "INTEGER", nullable: false),
                    tn = table.Column<long>(type: "INTEGER", nullable: false),
                    averted_or_false = table.Column<long>(type: "INTEGER", nullable: false),
                    touched_on_time = table.Column<long>(type: "INTEGER", nullable: false),
                    recomputed = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_quality_counts", x => new { x.dimension, x.lead, x.day, x.simulated, x.segment });
                });

            migrationBuilder.CreateTable(
                name: "recovery_codes",
                columns: table => new
                {
                    user_id = table.Column<long>(type: "INTEGER", nullable: false),
                    hash = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_recovery_codes", x => new { x.user_id, x.hash });
                });

            migrationBuilder.CreateTable(
                name: "replaced_lead_scores",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    shipment_key = table.Column<long>(type: "INTEGER", nullable: false),
                    lead = table.Column<int>(type: "INTEGER", nullable: false),
                    moment = table.Column<long>(type: "INTEGER", nullable: false),
                    score = table.Column<double>(type: "REAL", nullable: false),
                    threshold = table.Column<double>(type: "REAL", nullable: false),
                    model_version_id = table.Column<int>(type: "INTEGER", nullable: false),
                    expected_delay_minutes = table.Column<double>(type: "REAL", nullable: false),
                    vector = table.Column<byte[]>(type: "BLOB", nullable: false),
                    written_at = table.Column<long>(type: "INTEGER", nullable: false),
                    replaced_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_replaced_lead_scores", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "rules_terms",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    from = table.Column<long>(type: "INTEGER", nullable: false),
                    rules = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_rules_terms", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "runs",
                columns: table => new
                {
                    key = table.Column<long>(type: "INTEGER", nullable: false),
                    kind = table.Column<int>(type: "INTEGER", nullable: false, defaultValue: 0),
                    state = table.Column<int>(type: "INTEGER", nullable: false),
                    progress = table.Column<double>(type: "REAL", nullable: false),
                    line = table.Column<string>(type: "TEXT", maxLength: 400, nullable: true),
                    plan = table.Column<string>(type: "TEXT", nullable: false),
                    model_version = table.Column<string>(type: "TEXT", maxLength: 64, nullable: true),
                    metrics = table.Column<string>(type: "TEXT", nullable: true),
                    error = table.Column<string>(type: "TEXT", maxLength: 2000, nullable: true),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    started_at = table.Column<long>(type: "INTEGER", nullable: true),
                    finished_at = table.Column<long>(type: "INTEGER", nullable: true),
                    heard_at = table.Column<long>(type: "INTEGER", nullable: true),
                    created_by = table.Column<string>(type: "TEXT", maxLength: 128, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_runs", x => x.key);
                });

            migrationBuilder.CreateTable(
                name: "score_histograms",
                columns: table => new
                {
                    day = table.Column<int>(type: "INTEGER", nullable: false),
                    simulated = table.Column<bool>(type: "INTEGER", nullable: false),
                    lead = table.Column<int>(type: "INTEGER", nullable: false),
                    bin = table.Column<int>(type: "INTEGER", nullable: false),
                    late = table.Column<long>(type: "INTEGER", nullable: false),
                    on_time = table.Column<long>(type: "INTEGER", nullable: false),
                    touched = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_score_histograms", x => new { x.lead, x.day, x.simulated, x.bin });
                });

            migrationBuilder.CreateTable(
                name: "second_factors",
                columns: table => new
                {
                    user_id = table.Column<long>(type: "INTEGER", nullable: false),
                    secret = table.Column<string>(type: "TEXT", maxLength: 512, nullable: false),
                    enabled_at = table.Column<long>(type: "INTEGER", nullable: true),
                    last_step = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_second_factors", x => x.user_id);
                });

            migrationBuilder.CreateTable(
                name: "sessions",
                columns: table => new
                {
                    id = table.Column<string>(type: "TEXT", maxLength: 32, nullable: false),
                    user_id = table.Column<long>(type: "INTEGER", nullable: false),
                    method = table.Column<string>(type: "TEXT", maxLength: 32, nullable: false),
                    started_at = table.Column<long>(type: "INTEGER", nullable: false),
                    used_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_sessions", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "set_aside",
                columns: table => new
                {
                    stage = table.Column<int>(type: "INTEGER", nullable: false),
                    shipment_key = table.Column<long>(type: "INTEGER", nullable: false),
                    input_version = table.Column<long>(type: "INTEGER", nullable: false),
                    tries = table.Column<int>(type: "INTEGER", nullable: false),
                    error = table.Column<string>(type: "TEXT", maxLength: 128, nullable: false),
                    at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_set_aside", x => new { x.stage, x.shipment_key });
                });

            migrationBuilder.CreateTable(
                name: "settings",
                columns: table => new
                {
                    name = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    value = table.Column<string>(type: "TEXT", nullable: false),
                    changed_at = table.Column<long>(type: "INTEGER", nullable: false),
                    version = table.Column<Guid>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_settings", x => x.name);
                });

            migrationBuilder.CreateTable(
                name: "shipment_customers",
                columns: table => new
                {
                    shipment_key = table.Column<long>(type: "INTEGER", nullable: false),
                    customer_key = table.Column<long>(type: "INTEGER", nullable: false),
                    @sealed = table.Column<byte[]>(name: "sealed", type: "BLOB", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_shipment_customers", x => x.shipment_key);
                });

            migrationBuilder.CreateTable(
                name: "shipment_versions",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    shipment_id = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    received_at = table.Column<long>(type: "INTEGER", nullable: false),
                    recorded_at = table.Column<long>(type: "INTEGER", nullable: true),
                    promised_by = table.Column<long>(type: "INTEGER", nullable: false),
                    content_hash = table.Column<long>(type: "INTEGER", nullable: false),
                    content = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_shipment_versions", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "shipments",
                columns: table => new
                {
                    key = table.Column<long>(type: "INTEGER", nullable: false),
                    shipment_id = table.Column<string>(type: "TEXT", maxLength: 64, nullable: true),
                    source_id = table.Column<int>(type: "INTEGER", nullable: false),
                    simulated = table.Column<bool>(type: "INTEGER", nullable: false),
                    loop = table.Column<int>(type: "INTEGER", nullable: false),
                    registered_at = table.Column<long>(type: "INTEGER", nullable: false),
                    history = table.Column<bool>(type: "INTEGER", nullable: false),
                    held_out = table.Column<bool>(type: "INTEGER", nullable: false),
                    hold_out_chance = table.Column<double>(type: "REAL", nullable: true),
                    booked_at = table.Column<long>(type: "INTEGER", nullable: false),
                    promised_first = table.Column<long>(type: "INTEGER", nullable: false),
                    service = table.Column<string>(type: "TEXT", maxLength: 32, nullable: false),
                    carrier = table.Column<string>(type: "TEXT", maxLength: 64, nullable: true),
                    origin_area = table.Column<string>(type: "TEXT", maxLength: 32, nullable: false),
                    destination_area = table.Column<string>(type: "TEXT", maxLength: 32, nullable: false),
                    area_type = table.Column<int>(type: "INTEGER", nullable: true),
                    deprivation_band = table.Column<int>(type: "INTEGER", nullable: true),
                    consignment_id = table.Column<string>(type: "TEXT", maxLength: 64, nullable: true),
                    reference = table.Column<string>(type: "TEXT", maxLength: 128, nullable: true),
                    input_version = table.Column<long>(type: "INTEGER", nullable: false),
                    scored_version = table.Column<long>(type: "INTEGER", nullable: false),
                    next_score_at = table.Column<long>(type: "INTEGER", nullable: true),
                    state = table.Column<int>(type: "INTEGER", nullable: false),
                    promised_by = table.Column<long>(type: "INTEGER", nullable: false),
                    promise_counted = table.Column<long>(type: "INTEGER", nullable: false),
                    first_scored_at = table.Column<long>(type: "INTEGER", nullable: true),
                    scored_at = table.Column<long>(type: "INTEGER", nullable: true),
                    score = table.Column<double>(type: "REAL", nullable: true),
                    flagged = table.Column<bool>(type: "INTEGER", nullable: false),
                    silent = table.Column<bool>(type: "INTEGER", nullable: false),
                    last_scan_at = table.Column<long>(type: "INTEGER", nullable: true),
                    prediction_key = table.Column<long>(type: "INTEGER", nullable: true),
                    settled_version = table.Column<long>(type: "INTEGER", nullable: false),
                    next_settle_at = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_shipments", x => x.key);
                });

            migrationBuilder.CreateTable(
                name: "source_areas",
                columns: table => new
                {
                    source_id = table.Column<int>(type: "INTEGER", nullable: false),
                    area_code = table.Column<string>(type: "TEXT", maxLength: 32, nullable: false),
                    named = table.Column<long>(type: "INTEGER", nullable: false),
                    placed = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_source_areas", x => new { x.source_id, x.area_code });
                });

            migrationBuilder.CreateTable(
                name: "source_days",
                columns: table => new
                {
                    source_id = table.Column<int>(type: "INTEGER", nullable: false),
                    day = table.Column<int>(type: "INTEGER", nullable: false),
                    kind = table.Column<int>(type: "INTEGER", nullable: false),
                    accepted = table.Column<long>(type: "INTEGER", nullable: false),
                    duplicates = table.Column<long>(type: "INTEGER", nullable: false),
                    rejected = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_source_days", x => new { x.source_id, x.day, x.kind });
                });

            migrationBuilder.CreateTable(
                name: "source_fields",
                columns: table => new
                {
                    source_id = table.Column<int>(type: "INTEGER", nullable: false),
                    kind = table.Column<int>(type: "INTEGER", nullable: false),
                    field = table.Column<string>(type: "TEXT", maxLength: 128, nullable: false),
                    ignored = table.Column<bool>(type: "INTEGER", nullable: false),
                    items = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_source_fields", x => new { x.source_id, x.kind, x.field, x.ignored });
                });

            migrationBuilder.CreateTable(
                name: "source_lags",
                columns: table => new
                {
                    source_id = table.Column<int>(type: "INTEGER", nullable: false),
                    kind = table.Column<int>(type: "INTEGER", nullable: false),
                    @class = table.Column<int>(name: "class", type: "INTEGER", nullable: false),
                    items = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_source_lags", x => new { x.source_id, x.kind, x.@class });
                });

            migrationBuilder.CreateTable(
                name: "source_rejections",
                columns: table => new
                {
                    source_id = table.Column<int>(type: "INTEGER", nullable: false),
                    kind = table.Column<int>(type: "INTEGER", nullable: false),
                    field = table.Column<string>(type: "TEXT", maxLength: 128, nullable: false),
                    reason = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    items = table.Column<long>(type: "INTEGER", nullable: false),
                    sample_id = table.Column<string>(type: "TEXT", maxLength: 128, nullable: true),
                    last_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_source_rejections", x => new { x.source_id, x.kind, x.field, x.reason });
                });

            migrationBuilder.CreateTable(
                name: "source_waiting",
                columns: table => new
                {
                    source_id = table.Column<int>(type: "INTEGER", nullable: false),
                    events = table.Column<long>(type: "INTEGER", nullable: false),
                    sample_id = table.Column<string>(type: "TEXT", maxLength: 64, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_source_waiting", x => x.source_id);
                });

            migrationBuilder.CreateTable(
                name: "sources",
                columns: table => new
                {
                    id = table.Column<int>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    name = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    simulated = table.Column<bool>(type: "INTEGER", nullable: false),
                    reporting_lag_minutes = table.Column<int>(type: "INTEGER", nullable: true),
                    silent_after_minutes = table.Column<int>(type: "INTEGER", nullable: true),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_sources", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "tallies",
                columns: table => new
                {
                    shipment_key = table.Column<long>(type: "INTEGER", nullable: false),
                    revision = table.Column<int>(type: "INTEGER", nullable: false),
                    promise = table.Column<long>(type: "INTEGER", nullable: false),
                    day = table.Column<int>(type: "INTEGER", nullable: false),
                    promise_hour = table.Column<int>(type: "INTEGER", nullable: false),
                    @class = table.Column<int>(name: "class", type: "INTEGER", nullable: false),
                    history = table.Column<bool>(type: "INTEGER", nullable: false),
                    simulated = table.Column<bool>(type: "INTEGER", nullable: false),
                    held_out = table.Column<bool>(type: "INTEGER", nullable: false),
                    touched = table.Column<bool>(type: "INTEGER", nullable: false),
                    delay_minutes = table.Column<double>(type: "REAL", nullable: true),
                    default_lead = table.Column<int>(type: "INTEGER", nullable: false),
                    origin_area = table.Column<string>(type: "TEXT", maxLength: 32, nullable: false),
                    destination_area = table.Column<string>(type: "TEXT", maxLength: 32, nullable: false),
                    area_type = table.Column<string>(type: "TEXT", maxLength: 16, nullable: true),
                    deprivation_band = table.Column<int>(type: "INTEGER", nullable: true),
                    service = table.Column<string>(type: "TEXT", maxLength: 32, nullable: false),
                    carrier = table.Column<string>(type: "TEXT", maxLength: 64, nullable: true),
                    weather_band = table.Column<string>(type: "TEXT", maxLength: 16, nullable: true),
                    leads = table.Column<byte[]>(type: "BLOB", nullable: false),
                    contacts = table.Column<int>(type: "INTEGER", nullable: false),
                    contact_cost = table.Column<long>(type: "INTEGER", nullable: false),
                    raised_in_time = table.Column<bool>(type: "INTEGER", nullable: false),
                    answer_minutes = table.Column<double>(type: "REAL", nullable: true),
                    carrier_said_late = table.Column<bool>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_tallies", x => x.shipment_key);
                });

            migrationBuilder.CreateTable(
                name: "tally_days",
                columns: table => new
                {
                    day = table.Column<int>(type: "INTEGER", nullable: false),
                    version = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_tally_days", x => x.day);
                });

            migrationBuilder.CreateTable(
                name: "asp_net_role_claims",
                columns: table => new
                {
                    id = table.Column<int>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    role_id = table.Column<long>(type: "INTEGER", nullable: false),
                    claim_type = table.Column<string>(type: "TEXT", nullable: true),
                    claim_value = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_asp_net_role_claims", x => x.id);
                    table.ForeignKey(
                        name: "FK_asp_net_role_claims_asp_net_roles_role_id",
                        column: x => x.role_id,
                        principalTable: "asp_net_roles",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "asp_net_user_claims",
                columns: table => new
                {
                    id = table.Column<int>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    user_id = table.Column<long>(type: "INTEGER", nullable: false),
                    claim_type = table.Column<string>(type: "TEXT", nullable: true),
                    claim_value = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_asp_net_user_claims", x => x.id);
                    table.ForeignKey(
                        name: "FK_asp_net_user_claims_asp_net_users_user_id",
                        column: x => x.user_id,
                        principalTable: "asp_net_users",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "asp_net_user_logins",
                columns: table => new
                {
                    login_provider = table.Column<string>(type: "TEXT", maxLength: 128, nullable: false),
                    provider_key = table.Column<string>(type: "TEXT", maxLength: 128, nullable: false),
                    provider_display_name = table.Column<string>(type: "TEXT", nullable: true),
                    user_id = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_asp_net_user_logins", x => new { x.login_provider, x.provider_key });
                    table.ForeignKey(
                        name: "FK_asp_net_user_logins_asp_net_users_user_id",
                        column: x => x.user_id,
                        principalTable: "asp_net_users",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "asp_net_user_roles",
                columns: table => new
                {
                    user_id = table.Column<long>(type: "INTEGER", nullable: false),
                    role_id = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_asp_net_user_roles", x => new { x.user_id, x.role_id });
                    table.ForeignKey(
                        name: "FK_asp_net_user_roles_asp_net_roles_role_id",
                        column: x => x.role_id,
                        principalTable: "asp_net_roles",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "FK_asp_net_user_roles_asp_net_users_user_id",
                        column: x => x.user_id,
                        principalTable: "asp_net_users",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "asp_net_user_tokens",
                columns: table => new
                {
                    user_id = table.Column<long>(type: "INTEGER", nullable: false),
                    login_provider = table.Column<string>(type: "TEXT", maxLength: 128, nullable: false),
                    name = table.Column<string>(type: "TEXT", maxLength: 128, nullable: false),
                    value = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_asp_net_user_tokens", x => new { x.user_id, x.login_provider, x.name });
                    table.ForeignKey(
                        name: "FK_asp_net_user_tokens_asp_net_users_user_id",
                        column: x => x.user_id,
                        principalTable: "asp_net_users",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "passkeys",
                columns: table => new
                {
                    credential_id = table.Column<byte[]>(type: "BLOB", maxLength: 1024, nullable: false),
                    user_id = table.Column<long>(type: "INTEGER", nullable: false),
                    data = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_passkeys", x => x.credential_id);
                    table.ForeignKey(
                        name: "FK_passkeys_asp_net_users_user_id",
                        column: x => x.user_id,
                        principalTable: "asp_net_users",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "IX_alert_deliveries_state_next_at",
                table: "alert_deliveries",
                columns: new[] { "state", "next_at" });

            migrationBuilder.CreateIndex(
                name: "IX_alerts_cleared_at",
                table: "alerts",
                column: "cleared_at");

            migrationBuilder.CreateIndex(
                name: "IX_alerts_code_subject",
                table: "alerts",
                columns: new[] { "code", "subject" },
                unique: true,
                filter: "cleared_at IS NULL");

            migrationBuilder.CreateIndex(
                name: "IX_api_keys_source_id",
                table: "api_keys",
                column: "source_id");

            migrationBuilder.CreateIndex(
                name: "IX_asp_net_role_claims_role_id",
                table: "asp_net_role_claims",
                column: "role_id");

            migrationBuilder.CreateIndex(
                name: "RoleNameIndex",
                table: "asp_net_roles",
                column: "normalized_name",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_asp_net_user_claims_user_id",
                table: "asp_net_user_claims",
                column: "user_id");

            migrationBuilder.CreateIndex(
                name: "IX_asp_net_user_logins_user_id",
                table: "asp_net_user_logins",
                column: "user_id");

            migrationBuilder.CreateIndex(
                name: "IX_asp_net_user_roles_role_id",
                table: "asp_net_user_roles",
                column: "role_id");

            migrationBuilder.CreateIndex(
                name: "EmailIndex",
                table: "asp_net_users",
                column: "normalized_email");

            migrationBuilder.CreateIndex(
                name: "UserNameIndex",
                table: "asp_net_users",
                column: "normalized_user_name",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_audit_what_key",
                table: "audit",
                columns: new[] { "what", "key" });

            migrationBuilder.CreateIndex(
                name: "IX_audit_seals_entry_key",
                table: "audit_seals",
                column: "entry_key",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_backtests_model_version_id",
                table: "backtests",
                column: "model_version_id");

            migrationBuilder.CreateIndex(
                name: "IX_board_rows_finished_at",
                table: "board_rows",
                column: "finished_at");

            migrationBuilder.CreateIndex(
                name: "IX_board_rows_version",
                table: "board_rows",
                column: "version",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_cases_state_shipment_key",
                table: "cases",
                columns: new[] { "state", "shipment_key" });

            migrationBuilder.CreateIndex(
                name: "IX_champion_terms_loop_from",
                table: "champion_terms",
                columns: new[] { "loop", "from" });

            migrationBuilder.CreateIndex(
                name: "IX_conditions_area_code_known_at",
                table: "conditions",
                columns: new[] { "area_code", "known_at" });

            migrationBuilder.CreateIndex(
                name: "IX_conditions_area_code_observed_at_source_id",
                table: "conditions",
                columns: new[] { "area_code", "observed_at", "source_id" });

            migrationBuilder.CreateIndex(
                name: "IX_contacts_contact_id",
                table: "contacts",
                column: "contact_id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_contacts_shipment_id",
                table: "contacts",
                column: "shipment_id");

            migrationBuilder.CreateIndex(
                name: "IX_customers_blind_index",
                table: "customers",
                column: "blind_index",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_events_event_id",
                table: "events",
                column: "event_id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_events_shipment_id",
                table: "events",
                column: "shipment_id");

            migrationBuilder.CreateIndex(
                name: "IX_feed_hours_hour",
                table: "feed_hours",
                column: "hour");

            migrationBuilder.CreateIndex(
                name: "IX_feed_silences_ended_at",
                table: "feed_silences",
                column: "ended_at");

            migrationBuilder.CreateIndex(
                name: "IX_feed_silences_source_id_since",
                table: "feed_silences",
                columns: new[] { "source_id", "since" });

            migrationBuilder.CreateIndex(
                name: "IX_held_flags_loop_since",
                table: "held_flags",
                columns: new[] { "loop", "since" });

            migrationBuilder.CreateIndex(
                name: "IX_import_mappings_source_id_kind_name",
                table: "import_mappings",
                columns: new[] { "source_id", "kind", "name" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_imports_state",
                table: "imports",
                column: "state");

            migrationBuilder.CreateIndex(
                name: "IX_judgements_judge_id_created_at",
                table: "judgements",
                columns: new[] { "judge_id", "created_at" });

            migrationBuilder.CreateIndex(
                name: "IX_judgements_shipment_key",
                table: "judgements",
                column: "shipment_key");

            migrationBuilder.CreateIndex(
                name: "IX_model_versions_version",
                table: "model_versions",
                column: "version",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_passkeys_user_id",
                table: "passkeys",
                column: "user_id");

            migrationBuilder.CreateIndex(
                name: "IX_predictions_shipment_key_scored_at",
                table: "predictions",
                columns: new[] { "shipment_key", "scored_at" });

            migrationBuilder.CreateIndex(
                name: "IX_replaced_lead_scores_shipment_key_lead",
                table: "replaced_lead_scores",
                columns: new[] { "shipment_key", "lead" });

            migrationBuilder.CreateIndex(
                name: "IX_rules_terms_from",
                table: "rules_terms",
                column: "from");

            migrationBuilder.CreateIndex(
                name: "IX_runs_model_version",
                table: "runs",
                column: "model_version");

            migrationBuilder.CreateIndex(
                name: "IX_runs_state",
                table: "runs",
                column: "state");

            migrationBuilder.CreateIndex(
                name: "IX_sessions_user_id",
                table: "sessions",
                column: "user_id");

            migrationBuilder.CreateIndex(
                name: "IX_shipment_customers_customer_key",
                table: "shipment_customers",
                column: "customer_key");

            migrationBuilder.CreateIndex(
                name: "IX_shipment_versions_shipment_id",
                table: "shipment_versions",
                column: "shipment_id");

            migrationBuilder.CreateIndex(
                name: "IX_shipments_destination_area_state",
                table: "shipments",
                columns: new[] { "destination_area", "state" });

            migrationBuilder.CreateIndex(
                name: "IX_shipments_loop_next_score_at_promise_counted",
                table: "shipments",
                columns: new[] { "loop", "next_score_at", "promise_counted" });

            migrationBuilder.CreateIndex(
                name: "IX_shipments_loop_next_settle_at",
                table: "shipments",
                columns: new[] { "loop", "next_settle_at" });

            migrationBuilder.CreateIndex(
                name: "IX_shipments_origin_area",
                table: "shipments",
                column: "origin_area",
                filter: "state = 0");

            migrationBuilder.CreateIndex(
                name: "IX_shipments_promise_counted",
                table: "shipments",
                column: "promise_counted");

            migrationBuilder.CreateIndex(
                name: "IX_shipments_shipment_id",
                table: "shipments",
                column: "shipment_id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_sources_name",
                table: "sources",
                column: "name",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_tallies_day_answer_minutes_promise_simulated",
                table: "tallies",
                columns: new[] { "day", "answer_minutes", "promise", "simulated" },
                filter: "answer_minutes IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_tallies_day_shipment_key",
                table: "tallies",
                columns: new[] { "day", "shipment_key" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "alert_deliveries");

            migrationBuilder.DropTable(
                name: "alerts");

            migrationBuilder.DropTable(
                name: "api_keys");

            migrationBuilder.DropTable(
                name: "asp_net_role_claims");

            migrationBuilder.DropTable(
                name: "asp_net_user_claims");

            migrationBuilder.DropTable(
                name: "asp_net_user_logins");

            migrationBuilder.DropTable(
                name: "asp_net_user_roles");

            migrationBuilder.DropTable(
                name: "asp_net_user_tokens");

            migrationBuilder.DropTable(
                name: "audit");

            migrationBuilder.DropTable(
                name: "audit_seals");

            migrationBuilder.DropTable(
                name: "backtest_blocks");

            migrationBuilder.DropTable(
                name: "backtests");

            migrationBuilder.DropTable(
                name: "board_rows");

            migrationBuilder.DropTable(
                name: "cases");

            migrationBuilder.DropTable(
                name: "champion_terms");

            migrationBuilder.DropTable(
                name: "conditions");

            migrationBuilder.DropTable(
                name: "contacts");

            migrationBuilder.DropTable(
                name: "counters");

            migrationBuilder.DropTable(
                name: "customers");

            migrationBuilder.DropTable(
                name: "data_protection_keys");

            migrationBuilder.DropTable(
                name: "drafts");

            migrationBuilder.DropTable(
                name: "events");

            migrationBuilder.DropTable(
                name: "feed_hours");

            migrationBuilder.DropTable(
                name: "feed_silences");

            migrationBuilder.DropTable(
                name: "feeds");

            migrationBuilder.DropTable(
                name: "held_flags");

            migrationBuilder.DropTable(
                name: "import_mappings");

            migrationBuilder.DropTable(
                name: "imports");

            migrationBuilder.DropTable(
                name: "judgements");

            migrationBuilder.DropTable(
                name: "kpi_counts");

            migrationBuilder.DropTable(
                name: "lead_scores");

            migrationBuilder.DropTable(
                name: "leases");

            migrationBuilder.DropTable(
                name: "model_versions");

            migrationBuilder.DropTable(
                name: "outcomes");

            migrationBuilder.DropTable(
                name: "passkeys");

            migrationBuilder.DropTable(
                name: "predictions");

            migrationBuilder.DropTable(
                name: "quality_counts");

            migrationBuilder.DropTable(
                name: "recovery_codes");

            migrationBuilder.DropTable(
                name: "replaced_lead_scores");

            migrationBuilder.DropTable(
                name: "rules_terms");

            migrationBuilder.DropTable(
                name: "runs");

            migrationBuilder.DropTable(
                name: "score_histograms");

            migrationBuilder.DropTable(
                name: "second_factors");

            migrationBuilder.DropTable(
                name: "sessions");

            migrationBuilder.DropTable(
                name: "set_aside");

            migrationBuilder.DropTable(
                name: "settings");

            migrationBuilder.DropTable(
                name: "shipment_customers");

            migrationBuilder.DropTable(
                name: "shipment_versions");

            migrationBuilder.DropTable(
                name: "shipments");

            migrationBuilder.DropTable(
                name: "source_areas");

            migrationBuilder.DropTable(
                name: "source_days");

            migrationBuilder.DropTable(
                name: "source_fields");

            migrationBuilder.DropTable(
                name: "source_lags");

            migrationBuilder.DropTable(
                name: "source_rejections");

            migrationBuilder.DropTable(
                name: "source_waiting");

            migrationBuilder.DropTable(
                name: "sources");

            migrationBuilder.DropTable(
                name: "tallies");

            migrationBuilder.DropTable(
                name: "tally_days");

            migrationBuilder.DropTable(
                name: "asp_net_roles");

            migrationBuilder.DropTable(
                name: "asp_net_users");
        }
    }
}
