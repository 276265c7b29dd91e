using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace OpsConsole.Migrations.SqlServer.Migrations
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
                type: "float",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "chart_notes",
                columns: table => new
                {
                    key = table.Column<long>(type: "bigint", nullable: false),
                    at = table.Column<long>(type: "bigint", nullable: false),
                    words = table.Column<string>(type: "nvarchar(200)", maxLength: 200, nullable: false),
                    written_by_name = table.Column<string>(type: "nvarchar(256)", maxLength: 256, nullable: false),
                    written_at = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_chart_notes", x => x.key);
                });

            migrationBuilder.CreateTable(
                name: "saved_views",
                columns: table => new
                {
                    key = table.Column<long>(type: "bigint", nullable: false),
                    user_id = table.Column<long>(type: "bigint", nullable: false),
                    user_name = table.Column<string>(type: "nvarchar(256)", maxLength: 256, nullable: false),
                    name = table.Column<string>(type: "nvarchar(60)", maxLength: 60, nullable: false),
                    address = table.Column<string>(type: "nvarchar(500)", maxLength: 500, nullable: false),
                    shared = table.Column<bool>(type: "bit", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_saved_views", x => x.key);
                });

            migrationBuilder.CreateTable(
                name: "threshold_proposals",
                columns: table => new
                {
                    key = table.Column<long>(type: "bigint", nullable: false),
                    model_version_id = table.Column<int>(type: "int", nullable: false),
                    before = table.Column<double>(type: "float", nullable: false),
                    after = table.Column<double>(type: "float", nullable: false),
                    customers_before = table.Column<double>(type: "float", nullable: true),
                    customers_after = table.Column<double>(type: "float", nullable: true),
                    expected = table.Column<string>(type: "nvarchar(max)", nullable: false),
                    reason = table.Column<string>(type: "nvarchar(1000)", maxLength: 1000, nullable: false),
                    proposed_at = table.Column<long>(type: "bigint", nullable: false),
                    proposed_by = table.Column<string>(type: "nvarchar(128)", maxLength: 128, nullable: false),
                    proposed_by_name = table.Column<string>(type: "nvarchar(256)", maxLength: 256, nullable: false),
                    state = table.Column<int>(type: "int", nullable: false),
                    decided_at = table.Column<long>(type: "bigint", nullable: true),
                    decided_by_name = table.Column<string>(type: "nvarchar(256)", maxLength: 256, nullable: true)
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
