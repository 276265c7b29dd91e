using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace OpsConsole.Migrations.Sqlite.Migrations
{
    /// <inheritdoc />
    public partial class Thresholds : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<double>(
                name: "customer_threshold",
                table: "champion_terms",
                type: "REAL",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "chart_notes",
                columns: table => new
                {
                    key = table.Column<long>(type: "INTEGER", nullable: false),
                    at = table.Column<long>(type: "INTEGER", nullable: false),
                    words = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    written_by_name = table.Column<string>(type: "TEXT", maxLength: 256, nullable: false),
                    written_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_chart_notes", x => x.key);
                });

            migrationBuilder.CreateTable(
                name: "saved_views",
                columns: table => new
                {
                    key = table.Column<long>(type: "INTEGER", nullable: false),
                    user_id = table.Column<long>(type: "INTEGER", nullable: false),
                    user_name = table.Column<string>(type: "TEXT", maxLength: 256, nullable: false),
                    name = table.Column<string>(type: "TEXT", maxLength: 60, nullable: false),
                    address = table.Column<string>(type: "TEXT", maxLength: 500, nullable: false),
                    shared = table.Column<bool>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_saved_views", x => x.key);
                });

            migrationBuilder.CreateTable(
                name: "threshold_proposals",
                columns: table => new
                {
                    key = table.Column<long>(type: "INTEGER", nullable: false),
                    model_version_id = table.Column<int>(type: "INTEGER", nullable: false),
                    before = table.Column<double>(type: "REAL", nullable: false),
                    after = table.Column<double>(type: "REAL", nullable: false),
                    customers_before = table.Column<double>(type: "REAL", nullable: true),
                    customers_after = table.Column<double>(type: "REAL", nullable: true),
                    expected = table.Column<string>(type: "TEXT", nullable: false),
                    reason = table.Column<string>(type: "TEXT", maxLength: 1000, nullable: false),
                    proposed_at = table.Column<long>(type: "INTEGER", nullable: false),
                    proposed_by = table.Column<string>(type: "TEXT", maxLength: 128, nullable: false),
                    proposed_by_name = table.Column<string>(type: "TEXT", maxLength: 256, nullable: false),
                    state = table.Column<int>(type: "INTEGER", nullable: false),
                    decided_at = table.Column<long>(type: "INTEGER", nullable: true),
                    decided_by_name = table.Column<string>(type: "TEXT", maxLength: 256, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_threshold_proposals", x => x.key);
                });

            migrationBuilder.CreateIndex(
                name: "IX_chart_notes_at",
                table: "chart_notes",
                column: "at");

            migrationBuilder.CreateIndex(
                name: "IX_saved_views_user_id",
                table: "saved_views",
                column: "user_id");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "chart_notes");

            migrationBuilder.DropTable(
                name: "saved_views");

            migrationBuilder.DropTable(
                name: "threshold_proposals");

            migrationBuilder.DropColumn(
                name: "customer_threshold",
                table: "champion_terms");
        }
    }
}
